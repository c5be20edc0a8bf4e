import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ERROR_TABLE, type IngestErrorMessage, type IngestServerMessage } from '@awaz/infra/contract';
import type { SourceRequest } from '../../http/source-door.ts';
import type { IngestLink } from '../ingest-link.ts';

/** How long a client may take to close after the last answer, in ms. */
const CLOSE_PATIENCE_MS = 2000;

/**
 * Carries a session over the connection of an Icecast source client. It hears little: whether it may begin, and how it
 * ended where its request is still open then. The socket belongs to whoever made the link.
 */
export class IcecastLink implements IngestLink {
  readonly transport = 'icecast';
  readonly #socket: Socket;
  readonly #request: SourceRequest;
  readonly #isFramed: boolean;
  #hasAnswered = false;
  #isPaused = false;
  #error: IngestErrorMessage | undefined;

  constructor(socket: Socket, request: SourceRequest, isFramed: boolean) {
    this.#socket = socket;
    this.#request = request;
    this.#isFramed = isFramed;
  }

  /** Whether the session asked for no more bytes for now. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** The client waits for this before it sends sound, unless its request ends by itself: then the answer comes at its end. */
  accepted(): void {
    if (/^100-continue$/i.test(this.#request.headers.expect ?? '')) this.#write('HTTP/1.1 100 Continue\r\n\r\n');
    else if (!this.#isFramed) this.#answer(200, 'OK');
  }

  send(message: IngestServerMessage): void {
    if (message.type === 'error') this.#error = message;
  }

  close(): void {
    const error = this.#error;
    if (!this.#hasAnswered) {
      if (error === undefined) this.#answer(200, 'OK\n');
      else this.#answer(ERROR_TABLE[error.code].status, `${error.message}\n`, fieldsOf(error));
    }
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), CLOSE_PATIENCE_MS).unref();
  }

  pause(): void {
    this.#isPaused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#socket.resume();
  }

  #answer(status: number, text: string, fields: readonly string[] = []): void {
    this.#hasAnswered = true;
    const version = this.#request.version === 'HTTP/1.1' ? 'HTTP/1.1' : 'HTTP/1.0';
    const isStream = status === 200 && !this.#isFramed;
    const about = isStream ? [] : ['Content-Type: text/plain; charset=utf-8', 'Connection: close', ...fields];
    const head = [`${version} ${status} ${STATUS_CODES[status] ?? ''}`, ...about, '', ''].join('\r\n');
    this.#write(isStream ? head : head + text);
  }

  #write(text: string): void {
    if (this.#socket.writable) this.#socket.write(text);
  }
}

function fieldsOf({ code, retryAfterMs }: IngestErrorMessage): string[] {
  return [
    ...(ERROR_TABLE[code].status === 401 ? ['WWW-Authenticate: Basic realm="Awaz Pulse"'] : []),
    ...(retryAfterMs === undefined ? [] : [`Retry-After: ${Math.ceil(retryAfterMs / 1000)}`]),
  ];
}
