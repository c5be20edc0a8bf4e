/** Most frames one rendition may run ahead of another (10 s); an encoder that drifts further is broken. */
const MAX_LEAD_FRAMES = 470;

/** Thrown when one rendition no longer comes. */
export class AlignmentError extends Error {
  override name = 'AlignmentError';
}

/** Brings the frames of all renditions of one encoder run together by their index. */
export class FrameAligner {
  readonly #queues: Uint8Array[][];

  constructor(renditions: number) {
    this.#queues = Array.from({ length: renditions }, () => []);
  }

  /**
   * Takes frames of one rendition; returns the sets that are complete now, each with one frame of every rendition, in
   * order. Throws {@link AlignmentError} when one rendition runs away.
   */
  push(rendition: number, frames: Uint8Array[]): Uint8Array[][] {
    const queue = this.#queues[rendition];
    if (queue === undefined) throw new RangeError(`there is no rendition ${rendition}`);
    queue.push(...frames);
    const ready = Math.min(...this.#queues.map((waiting) => waiting.length));
    if (queue.length - ready > MAX_LEAD_FRAMES) {
      throw new AlignmentError(`rendition ${rendition} is ${queue.length - ready} frames ahead of another`);
    }
    const sets = Array.from({ length: ready }, (_, index) =>
      this.#queues.map((waiting) => waiting[index] as Uint8Array),
    );
    for (const waiting of this.#queues) waiting.splice(0, ready);
    return sets;
  }
}
