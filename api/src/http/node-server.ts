import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createSecureServer, type Http2SecureServer, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { Registry } from '@awaz/infra/runtime';
import { FastLane } from './fast-lane/fast-lane.ts';
import type { LaneRequest } from './fast-lane/lane-connection.ts';
import { openSourceDoor, type TakeSource } from './source-door.ts';
import type { TlsIdentity } from './tls-identity.ts';

/** How long a client may take to send its header lines, in ms. */
const HEADERS_TIMEOUT_MS = 15_000;

/** How long a client may take to send a whole request, in ms. */
const REQUEST_TIMEOUT_MS = 300_000;

/** How long a client may take to agree on TLS, in ms. */
const HANDSHAKE_TIMEOUT_MS = 15_000;

/** Most requests that are open at a time on one HTTP/2 connection; a client waits with more. */
export const MAX_CONCURRENT_STREAMS = 100;

/** What a server is made of. */
export type NodeServerOptions = {
  /** Idle time after which an HTTP/1 connection is closed, in ms. */
  keepAliveMs: number;
  /** Present: TLS only. */
  tls: TlsIdentity | undefined;
  onRequest: (req: IncomingMessage, res: ServerResponse) => void;
  /** Answers plain GETs below a prefix without Node's parser; without effect with TLS. */
  fastLane?: { prefix: string; onRequest: (request: LaneRequest) => void } | undefined;
  /** Takes the connections of source clients at `/ingest/…`. */
  onSource?: TakeSource | undefined;
  metrics: Registry;
};

/** One of Node's servers, not listening yet, and how its connections are closed. */
export type NodeServer = {
  server: Server | Http2SecureServer;
  /** How many connections are open. */
  readonly connections: number;
  /** Lets connections go that have nothing under way. */
  closeIdle(): void;
  /** Cuts all connections. */
  dropAll(): void;
  /** Takes another certificate for new connections; without effect without TLS. */
  renew(identity: TlsIdentity): void;
};

/** Makes a server for HTTP/1.1, or with TLS for HTTP/2 and HTTP/1.1. */
export function createNodeServer(options: NodeServerOptions): NodeServer {
  return options.tls === undefined ? plainServer(options) : secureServer({ ...options, tls: options.tls });
}

function plainServer({ keepAliveMs, onRequest, onSource, fastLane, metrics }: NodeServerOptions): NodeServer {
  const server = createServer({
    keepAliveTimeout: keepAliveMs,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    noDelay: true,
  });
  server.on('request', onRequest);
  if (onSource) openSourceDoor(server, { event: 'connection', withinMs: HEADERS_TIMEOUT_MS, take: onSource });
  const limits = { headMs: HEADERS_TIMEOUT_MS, idleMs: keepAliveMs, metrics };
  const lane = fastLane && new FastLane(server, { ...fastLane, ...limits });
  server.once('close', () => lane?.close());
  const connections = track(server, 'connection');
  return {
    server,
    get connections() {
      return connections.size;
    },
    closeIdle: () => {
      lane?.closeIdle();
      server.closeIdleConnections();
    },
    dropAll: () => dropAll(connections),
    renew: () => undefined,
  };
}

function secureServer(options: NodeServerOptions & { tls: TlsIdentity }): NodeServer {
  const { keepAliveMs, tls, onRequest, onSource: take } = options;
  const server = createSecureServer({
    ...tls,
    allowHTTP1: true,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    settings: { maxConcurrentStreams: MAX_CONCURRENT_STREAMS },
    noDelay: true,
  });
  if (take) openSourceDoor(server, { event: 'secureConnection', withinMs: HEADERS_TIMEOUT_MS, take });
  // What these are called on a server for HTTP/1 counts here too, for the connections that speak it.
  Object.assign(server, {
    keepAliveTimeout: keepAliveMs,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
  });
  // Requests and responses of HTTP/2 have all that ours use of those of HTTP/1, but types of their own.
  server.on('request', (req, res) => onRequest(req as unknown as IncomingMessage, res as unknown as ServerResponse));
  const sessions = new Set<ServerHttp2Session>();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined); // reset by the client; its requests are closed with it
    session.once('close', () => sessions.delete(session));
  });
  const raw = track(server, 'connection');
  const secure = track(server, 'secureConnection');
  return {
    server,
    get connections() {
      return raw.size;
    },
    closeIdle: () => {
      for (const session of sessions) session.close();
    },
    dropAll: () => {
      for (const session of sessions) session.destroy();
      dropAll(secure);
      dropAll(raw);
    },
    renew: (identity) => server.setSecureContext(identity),
  };
}

/** All sockets, also those that were upgraded, which the server itself does not close. */
function track(server: Server | Http2SecureServer, event: 'connection' | 'secureConnection'): ReadonlySet<Socket> {
  const connections = new Set<Socket>();
  (server as Server).on(event, (socket: Socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
  });
  return connections;
}

function dropAll(connections: ReadonlySet<Socket>): void {
  for (const socket of connections) socket.destroy();
}
