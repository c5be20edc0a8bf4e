import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Counter, type Registry, type Service } from '@awaz/infra/runtime';
import type { TakeUpgrade } from './upgrades.ts';

/** Most connections of one process; the next one is dropped before it is read. */
export const MAX_CONNECTIONS = 25_000;

/** How long a client may take to send its header lines, in ms. */
const HEADERS_TIMEOUT_MS = 15_000;

/** How long a client may take to send a whole request, in ms. */
const REQUEST_TIMEOUT_MS = 300_000;

/** How long answers that are being written may still take when the server goes down, in ms. */
const DRAIN_MS = 1500;

/** What an http server needs. */
export type HttpServerOptions = {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Idle time after which a connection is closed, in ms: longer than players pause between two requests. */
  keepAliveMs: number;
  onRequest: (req: IncomingMessage, res: ServerResponse) => void;
  onUpgrade: TakeUpgrade;
  metrics: Registry;
};

/** A listening http server. `close` lets answers finish and drops every connection that is left after a while. */
export type HttpServer = Service & {
  readonly port: number;
  /** Takes no new connections from now on and closes those that are idle. May be called again. */
  stopListening(): void;
};

/** Starts to listen. Rejects when the port is taken or not allowed, and says what to do. */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  // With TLS_CERT and TLS_KEY a secure server that speaks HTTP/2 as well takes this place.
  const server = createServer({
    keepAliveTimeout: options.keepAliveMs,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    noDelay: true,
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.on('request', options.onRequest);
  server.on('upgrade', options.onUpgrade);
  countDropped(server, options.metrics);
  await bind(server, options);
  const connections = trackConnections(server);
  let closed: Promise<void> | undefined;
  const stopListening = () => {
    closed ??= new Promise((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
  };
  return {
    port: (server.address() as AddressInfo).port,
    stopListening,
    close: async () => {
      stopListening();
      const drop = setTimeout(() => dropAll(connections), DRAIN_MS);
      await closed;
      clearTimeout(drop);
    },
  };
}

/** All sockets, also those that were upgraded, which the http server itself does not close. */
function trackConnections(server: Server): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  server.on('connection', (socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
}

function dropAll(connections: ReadonlySet<Socket>): void {
  for (const socket of connections) socket.destroy();
}

function bind(server: Server, { host, port }: HttpServerOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const remedy: Record<string, string> = {
        EADDRINUSE: 'another program listens there; set PORT to another number',
        EACCES: 'this user may not listen there; set PORT to a number above 1023',
        EADDRNOTAVAIL: 'this machine has no such address; set HOST to one it has',
      };
      const why = remedy[error.code ?? ''] ?? error.message;
      reject(new Error(`Cannot listen on ${host}:${port}: ${why}.`, { cause: error }));
    });
    server.listen(port, host, resolve);
  });
}

function countDropped(server: Server, registry: Registry): void {
  const dropped = new Counter({
    name: 'awaz_http_dropped_connections_total',
    help: 'Connections beyond the most that the process takes',
    registers: [registry],
  });
  server.on('drop', () => dropped.inc());
}
