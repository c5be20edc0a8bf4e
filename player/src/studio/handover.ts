import type { RecordedChunk } from '../ingest-client/index.ts';

/** Length of a chunk that does not tell it, in ms: that of Chromium's recorder. */
const USUAL_CHUNK_MS = 60;

/** Capture times are right within this, in ms. */
const TOLERANCE_MS = 3;

/** Where the chunks of both captures go. */
export type HandoverOutlet = {
  /** Takes chunks of the capture that ends, then those of the next one. */
  send: (chunk: RecordedChunk) => void;
  /** The next chunk is the first of the next capture. */
  nextBegins: () => void;
};

/**
 * Joins two captures of which the second runs before the first is stopped: nothing is left out, and what both have is
 * sent once, but for a part of one chunk. Capture times decide.
 */
export class Handover {
  readonly #outlet: HandoverOutlet;
  readonly #before: RecordedChunk[] = [];
  readonly #next: RecordedChunk[] = [];
  #nextFrom: number | undefined;
  #isOver = false;

  constructor(outlet: HandoverOutlet) {
    this.#outlet = outlet;
  }

  /** Takes a chunk of the capture that ends; it waits until the first one of the next is there. */
  takeBefore(chunk: RecordedChunk): void {
    if (this.#nextFrom === undefined) this.#before.push(chunk);
    else this.#sendUnlessDouble(chunk, this.#nextFrom);
  }

  /** Takes a chunk of the next capture; those before {@link end} wait. */
  takeNext(chunk: RecordedChunk): void {
    if (this.#isOver) {
      this.#outlet.send(chunk);
      return;
    }
    this.#next.push(chunk);
    if (this.#nextFrom !== undefined) return;
    this.#nextFrom = startOf(chunk);
    for (const held of this.#before.splice(0)) this.#sendUnlessDouble(held, this.#nextFrom);
  }

  /** The first capture has stopped: all that it had is sent, then the next one goes on. */
  end(): void {
    for (const held of this.#before.splice(0)) this.#outlet.send(held);
    this.#isOver = true;
    this.#outlet.nextBegins();
    for (const chunk of this.#next.splice(0)) this.#outlet.send(chunk);
  }

  #sendUnlessDouble(chunk: RecordedChunk, nextFrom: number): void {
    if (startOf(chunk) < nextFrom - TOLERANCE_MS) this.#outlet.send(chunk);
  }
}

function startOf({ capturedAt, durationMs = USUAL_CHUNK_MS }: RecordedChunk): number {
  return capturedAt - durationMs;
}
