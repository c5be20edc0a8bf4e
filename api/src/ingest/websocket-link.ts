import type { IngestServerMessage } from '@awaz/infra/contract';
import type { IngestLink } from './ingest-link.ts';
import type { IngestSocket } from './ingest-socket.ts';

/** Period of the pings, in ms. */
const PING_MS = 1000;

/** A client that was not heard for this long is gone, in ms. */
export const DEAD_AFTER_MS = 4000;

/** How long a client may take to close after it was told to, in ms. */
const CLOSE_PATIENCE_MS = 2000;

/** Bytes of messages that a client does not read; beyond it the connection is cut. */
const MAX_UNREAD_BYTES = 262_144;

/** What a link tells. */
export type WebsocketLinkEvents = {
  onRoundTrip: (ms: number) => void;
};

/** Carries a session over a plain WebSocket: pings each second, cuts a dead or deaf client. */
export class WebsocketLink implements IngestLink {
  readonly transport = 'websocket';
  readonly #socket: IngestSocket;
  readonly #timer: NodeJS.Timeout;
  #closeTimer: NodeJS.Timeout | undefined;
  #paused = false;
  #heardAt = performance.now();
  #tickedAt = performance.now();
  #pingedAt: number | undefined;

  constructor(socket: IngestSocket, { onRoundTrip }: WebsocketLinkEvents) {
    this.#socket = socket;
    this.#timer = setInterval(() => this.#tick(), PING_MS);
    socket.on('message', () => this.#heard());
    socket.on('pong', () => {
      this.#heard();
      if (this.#pingedAt !== undefined) onRoundTrip(this.#heardAt - this.#pingedAt);
      this.#pingedAt = undefined;
    });
    socket.once('close', () => {
      clearInterval(this.#timer);
      clearTimeout(this.#closeTimer);
    });
  }

  send(message: IngestServerMessage): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > MAX_UNREAD_BYTES) socket.terminate();
    else socket.send(JSON.stringify(message), () => undefined); // a failure closes the socket, which is told there
  }

  close(code: number, reason: string): void {
    clearInterval(this.#timer);
    this.resume(); // the client's own close has to be read
    this.#socket.close(code, reason);
    this.#closeTimer ??= setTimeout(() => this.#socket.terminate(), CLOSE_PATIENCE_MS);
  }

  pause(): void {
    this.#paused = true;
    this.#socket.pause();
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#heard(); // nothing could be heard meanwhile
    this.#socket.resume();
  }

  #heard(): void {
    this.#heardAt = performance.now();
  }

  #tick(): void {
    const now = performance.now();
    const wasBlocked = now - this.#tickedAt > 2 * PING_MS; // this process was busy: what came waits behind the timer
    this.#tickedAt = now;
    if (this.#paused || wasBlocked) this.#heard();
    else if (now - this.#heardAt > DEAD_AFTER_MS) this.#socket.terminate();
    else if (this.#pingedAt === undefined) this.#ping(now);
  }

  #ping(now: number): void {
    this.#pingedAt = now;
    this.#socket.ping(undefined, undefined, () => undefined); // a failure closes the socket, which is told there
  }
}
