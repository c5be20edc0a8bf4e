import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';
import type { LiveSocket } from './socket-types.ts';

/** A connection below Socket.IO, which may carry several namespaces. */
export type Connection = LiveSocket['conn'];

/** How long a client has to take the close, in ms; then the connection is cut. */
const LINGER_MS = 2000;

type Wire = { close(code: number, reason: string): void; terminate(): void };

/** Ends a connection without waiting for what is still to be sent. The client gets the close code of the error. */
export function endConnection(connection: Connection, code: ErrorCode): void {
  const { socket: wire } = connection.transport as unknown as { socket: Wire };
  wire.close(ERROR_TABLE[code].close, code);
  connection.close(true);
  setTimeout(() => wire.terminate(), LINGER_MS).unref();
}

/** Says goodbye and ends a connection once that is sent. */
export function sayGoodbye(socket: LiveSocket, code: ErrorCode, message: string): void {
  socket.emit('server:goodbye', { code, message, retryable: true });
  socket.conn.close();
}
