/** Decoder and encoder have settled after this many samples at 48 kHz (200 ms). */
export const WARM_UP_SAMPLES = 9600;

/** Most restart points remembered; beyond it the oldest go. */
const MAX_POINTS = 2000;

/** A place in the chunk log at which a decoder can begin. */
export type RestartPlace = {
  /** Chunk log id of the entry that holds it. */
  entryId: string;
  /** Byte in that entry's payload. */
  byteOffset: number;
  /** Decoded samples before it, at the stream's own rate. */
  sample: number;
  /** The same at 48 kHz. */
  sample48: number;
  /** What has to be fed before. */
  prefix: Uint8Array;
  /** What the scanner has to know besides. */
  state: string;
};

/** The restart points of a container stream that may still be needed. */
export class RestartHistory {
  readonly #places: RestartPlace[];

  /** Begins with the place where the run itself began. */
  constructor(first: RestartPlace) {
    this.#places = [first];
  }

  /** Adds places in order of the stream. */
  add(place: RestartPlace): void {
    this.#places.push(place);
    if (this.#places.length > MAX_POINTS) this.#places.shift();
  }

  /** The newest place from which everything after `sample48` comes out right; forgets older ones. */
  placeFor(sample48: number): RestartPlace {
    while (
      this.#places.length > 1 &&
      (this.#places[1]?.sample48 ?? Number.POSITIVE_INFINITY) <= sample48 - WARM_UP_SAMPLES
    ) {
      this.#places.shift();
    }
    return this.#places[0] as RestartPlace;
  }
}
