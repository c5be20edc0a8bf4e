import type { ServerResponse } from 'node:http';

/** Most bytes that wait for a slow reader; one that is further behind is dropped. */
export const MAX_WAITING_BYTES = 256 * 1024;

/** How long a client should wait before it connects again, in ms. */
const RETRY_MS = 2000;

/** One answer that is written event by event (`text/event-stream`, HTML Living Standard 9.2). */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #onTooSlow: () => void;

  constructor(response: ServerResponse, onTooSlow: () => void) {
    this.#response = response;
    this.#onTooSlow = onTooSlow;
  }

  /** Sends the header lines and the time after which to connect again. */
  begin(): void {
    this.#response.statusCode = 200;
    this.#response.setHeader('Content-Type', 'text/event-stream; charset=utf-8');
    this.#response.setHeader('Cache-Control', 'no-store');
    // nginx would gather events otherwise
    this.#response.setHeader('X-Accel-Buffering', 'no');
    this.write(`retry: ${RETRY_MS}\n\n`);
  }

  /** Writes text of the stream; drops the reader when too much waits for it already. */
  write(text: string): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    if (this.#response.writableLength > MAX_WAITING_BYTES) {
      this.#onTooSlow();
      this.#response.destroy();
      return;
    }
    this.#response.write(text);
  }

  /** Ends the answer; the client connects again by itself. */
  end(): void {
    this.#response.end();
  }
}

/** An event as text. Without `id` the reader's place stays. */
export function eventText(event: string, data: unknown, id?: string): string {
  const place = id === undefined ? '' : `id: ${id}\n`;
  return `event: ${event}\n${place}data: ${JSON.stringify(data)}\n\n`;
}

/** Moves the reader's place without an event. */
export const placeText = (id: string): string => `id: ${id}\n\n`;
