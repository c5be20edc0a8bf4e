import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { MAX_CHUNK_BYTES } from '@awaz/infra/contract';
import { Server } from 'socket.io';
import { type SocketOrigins, socketOriginCheck } from './socket-origin.ts';
import type { TakeUpgrade } from './upgrades.ts';

/** Where Socket.IO lives. */
export const SOCKET_PATH = '/socket.io';

/** Largest message: a chunk a little too large still gets its own error. */
const MAX_MESSAGE_BYTES = 2 * MAX_CHUNK_BYTES;

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
export function createSocketServer(origins: SocketOrigins): SocketServer {
  // Socket.IO wraps the listeners of the server it is attached to: a server that never listens keeps it off the hot path.
  const bridge = createServer();
  const io = new Server(bridge, {
    path: SOCKET_PATH,
    transports: ['websocket'],
    serveClient: false,
    perMessageDeflate: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
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
