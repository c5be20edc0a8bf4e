import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { MAX_CHUNK_BYTES } from '@awaz/infra/contract';
import { Server, type ServerOptions } from 'socket.io';
import { type SocketOrigins, socketOriginCheck } from './socket-origin.ts';
import type { TakeUpgrade } from './upgrades.ts';

/** Where Socket.IO lives. */
export const SOCKET_PATH = '/socket.io';

/** Largest message: a chunk a little too large still gets its own error. */
const MAX_MESSAGE_BYTES = 2 * MAX_CHUNK_BYTES;

/** How often a client is asked whether it is there, in ms. */
const PING_EVERY_MS = 10_000;

/** How long it may take to say so, in ms: a dead client is gone within 25 s. */
const PONG_WITHIN_MS = 15_000;

/** How long a connection may take to enter a namespace, in ms. */
const CONNECT_WITHIN_MS = 10_000;

/** What a Socket.IO server needs. */
export type SocketServerOptions = SocketOrigins & {
  /** Carries operations over nodes; in this process only when left out. */
  adapter?: ServerOptions['adapter'];
};

/** Socket.IO, fed by hand so that it never sees requests that are not its own. */
export type SocketServer = {
  readonly io: Server;
  /** For requests below {@link SOCKET_PATH} that ask for no upgrade; they are told that only WebSocket is spoken. */
  onRequest: (req: IncomingMessage, res: ServerResponse) => void;
  onUpgrade: TakeUpgrade;
  /** Disconnects everybody. May be called again. */
  close(): Promise<void>;
};

/** Makes a Socket.IO server with the websocket transport only, which needs no sticky sessions. */
export function createSocketServer({ adapter, ...origins }: SocketServerOptions): SocketServer {
  // Socket.IO wraps the listeners of the server it is attached to: a server that never listens keeps it off the hot path.
  const bridge = createServer();
  const io = new Server(bridge, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    pingInterval: PING_EVERY_MS,
    pingTimeout: PONG_WITHIN_MS,
    connectTimeout: CONNECT_WITHIN_MS,
    ...(adapter === undefined ? {} : { adapter }),
    cors: { origin: [...origins.corsOrigins] },
  });
  const check = socketOriginCheck(origins);
  io.use(check);
  io.on('new_namespace', (namespace) => namespace.use(check));
  let closing: Promise<void> | undefined;
  return {
    io,
    onRequest: (req, res) => {
      bridge.emit('request', req, res);
    },
    onUpgrade: (request, socket, head) => {
      bridge.emit('upgrade', request, socket, head);
    },
    close: () => {
      closing ??= io.close();
      return closing;
    },
  };
}
