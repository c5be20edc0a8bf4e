/** Most chunks remembered; a unit of a container that spans more of them cannot be a restart point. */
const MAX_CHUNKS = 256;

/** A byte in the chunk log. */
export type ChunkPlace = { entryId: string; byteOffset: number };

/** Knows in which chunk each of the latest bytes of a container stream came. */
export class ChunkPlaces {
  readonly #chunks: (ChunkPlace & { start: number })[];
  #end = 0;

  /** Begins a stream; `first` are places of bytes that belong to it already, with the length of each run. */
  constructor(first: (ChunkPlace & { bytes: number })[] = []) {
    this.#chunks = [];
    for (const { bytes, ...place } of first) this.add(place, bytes);
  }

  /** Bytes of the stream so far. */
  get end(): number {
    return this.#end;
  }

  /** Notes where the next bytes of the stream are. */
  add(place: ChunkPlace, bytes: number): void {
    this.#chunks.push({ ...place, start: this.#end });
    this.#end += bytes;
    if (this.#chunks.length > MAX_CHUNKS) this.#chunks.shift();
  }

  /** Where a byte of the stream is; undefined when that is too long ago, or still to come. */
  locate(offset: number): ChunkPlace | undefined {
    const chunk = this.#chunks.findLast(({ start }) => start <= offset);
    if (chunk === undefined || offset >= this.#end) return undefined;
    return { entryId: chunk.entryId, byteOffset: chunk.byteOffset + offset - chunk.start };
  }

  /** The places of all bytes from `offset` on, for a stream that begins there. */
  from(offset: number): (ChunkPlace & { bytes: number })[] {
    return this.#chunks.flatMap(({ entryId, byteOffset, start }, i) => {
      const end = this.#chunks[i + 1]?.start ?? this.#end;
      const skipped = Math.max(0, offset - start);
      return end <= offset ? [] : [{ entryId, byteOffset: byteOffset + skipped, bytes: end - start - skipped }];
    });
  }
}
