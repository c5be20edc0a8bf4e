import type { Milliseconds } from '@awaz/infra/contract';

/** Longest time from opening a socket to the server's ready, in ms. */
export const CONNECT_TIMEOUT_MS = 8000;

/**
 * Longest silence of the server, in ms, while audio waits for its acknowledgement; once it has told its figures, which
 * it does each second, at any time.
 */
export const SILENCE_TIMEOUT_MS = 3000;

/** How one connection is doing: none yet, waiting for the socket, waiting for ready, or carrying audio. */
export type LinkPhase = 'none' | 'opening' | 'greeting' | 'ready';

/** Times of the present connection, and the moment at which it counts as dead. */
export class LinkWatch {
  /** Where the connection is. */
  phase: LinkPhase = 'none';
  /** When hello was sent. */
  greetedAt: Milliseconds = 0;
  #since: Milliseconds = 0;
  #readySince: Milliseconds | undefined;
  #lastHeardAt: Milliseconds = 0;
  #hasPulse = false;
  readonly #sends: { seq: number; sentAt: Milliseconds }[] = [];

  /** A new connection is being made. */
  begin(now: Milliseconds): void {
    this.phase = 'opening';
    this.#since = now;
    this.#readySince = undefined;
    this.#hasPulse = false;
    this.#sends.length = 0;
  }

  /** Hello was sent. */
  greeted(now: Milliseconds): void {
    this.phase = 'greeting';
    this.greetedAt = now;
  }

  /** The server is ready for audio. */
  ready(now: Milliseconds): void {
    this.phase = 'ready';
    this.#readySince = now;
    this.#lastHeardAt = now;
  }

  /** The connection is gone. */
  lost(): void {
    this.phase = 'none';
    this.#sends.length = 0;
  }

  /** A message of the server came. */
  heard(now: Milliseconds): void {
    this.#lastHeardAt = now;
  }

  /** The server told its figures: it does so each second from now on, whether anything is sent or not. */
  pulse(): void {
    this.#hasPulse = true;
  }

  /** A chunk was sent. */
  sent(seq: number, now: Milliseconds): void {
    this.#sends.push({ seq, sentAt: now });
  }

  /** Chunks up to `seq` are acknowledged; returns when the newest of them was sent. */
  acked(seq: number): Milliseconds | undefined {
    let sentAt: Milliseconds | undefined;
    while (this.#sends[0] !== undefined && this.#sends[0].seq <= seq) sentAt = this.#sends.shift()?.sentAt;
    return sentAt;
  }

  /** For how long audio has been flowing, in ms; 0 when it never did. */
  readyFor(now: Milliseconds): Milliseconds {
    return this.#readySince === undefined ? 0 : now - this.#readySince;
  }

  /** When the connection counts as dead if nothing comes; undefined when nothing has to come. */
  get deadline(): Milliseconds | undefined {
    if (this.phase === 'opening' || this.phase === 'greeting') return this.#since + CONNECT_TIMEOUT_MS;
    const oldest = this.#sends[0];
    if (this.phase === 'none') return undefined;
    if (this.#hasPulse) return this.#lastHeardAt + SILENCE_TIMEOUT_MS;
    return oldest && Math.max(this.#lastHeardAt, oldest.sentAt) + SILENCE_TIMEOUT_MS;
  }
}
