import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { Counter, Gauge, type Logger, type Registry, type Service } from '@awaz/infra/runtime';
import { createNodeServer, type NodeServer, type NodeServerOptions } from './node-server.ts';
import { readTlsIdentity, type TlsFiles, watchTlsFiles } from './tls-identity.ts';
import type { TakeUpgrade } from './upgrades.ts';

/** Most connections of one process; the next one is closed before it is read. */
export const MAX_CONNECTIONS = 25_000;

/**
 * Connections that may wait to be accepted; the system's own limit (net.core.somaxconn, 4096 on Linux) bounds it. Beyond
 * it Linux drops the attempt, and the client makes the next one a second later: with Node's 511, half of 2,000 listeners
 * who join at once.
 */
const ACCEPT_BACKLOG = 4096;

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
  fastLane?: NodeServerOptions['fastLane'];
  onSource?: NodeServerOptions['onSource'];
  metrics: Registry;
  /** {@link MAX_CONNECTIONS} when left out. */
  maxConnections?: number;
  logger: Logger;
  /** Present: TLS only, HTTP/2 and HTTP/1.1, with a certificate that is renewed with its files. */
  tls?: (TlsFiles & { lookMs?: number }) | undefined;
};

/** A listening http server. `close` lets answers finish and drops every connection that is left after a while. */
export type HttpServer = Service & {
  readonly port: number;
  /** Takes no new connections from now on and closes those that are idle. May be called again. */
  stopListening(): void;
};

/** Starts to listen. Rejects when the port is taken or not allowed, and says what to do. */
export async function listen(options: HttpServerOptions): Promise<HttpServer> {
  const { tls: files, logger } = options;
  const made = createNodeServer({ ...options, tls: files && readTlsIdentity(files) });
  const { server } = made;
  server.on('upgrade', options.onUpgrade);
  countConnections(made, options.metrics);
  dropBeyond(options.maxConnections ?? MAX_CONNECTIONS, made, options.metrics);
  await bind(server, options);
  const unwatch = files && watchTlsFiles({ files, lookMs: files.lookMs, onRenewed: made.renew, logger });
  let closed: Promise<void> | undefined;
  const stopListening = () => {
    closed ??= new Promise((resolve) => server.close(() => resolve()));
    made.closeIdle();
    unwatch?.();
  };
  return {
    port: (server.address() as AddressInfo).port,
    stopListening,
    close: async () => {
      stopListening();
      const drop = setTimeout(made.dropAll, DRAIN_MS);
      await closed;
      clearTimeout(drop);
    },
  };
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
    server.listen({ port, host, backlog: ACCEPT_BACKLOG }, resolve);
  });
}

function countConnections(made: NodeServer, registry: Registry): void {
  new Gauge({
    name: 'awaz_http_connections',
    help: 'Open connections',
    registers: [registry],
    collect() {
      this.set(made.connections);
    },
  });
}

/**
 * Closes connections beyond the cap. Node's own `maxConnections` is no choice: a cluster's primary offers a connection
 * that its worker refuses to the next one, and with all of them full for ever, as fast as it can.
 */
function dropBeyond(cap: number, made: NodeServer, registry: Registry): void {
  const dropped = new Counter({
    name: 'awaz_http_dropped_connections_total',
    help: 'Connections beyond the most that the process takes',
    registers: [registry],
  });
  (made.server as Server).on('connection', (socket: Socket) => {
    if (made.connections <= cap) return;
    socket.destroy();
    dropped.inc();
  });
}
