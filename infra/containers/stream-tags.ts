import { concatBytes, hasText } from './byte-fields.ts';
import { readId3Tags } from './id3-tags.ts';
import { readOggTags } from './ogg-tags.ts';
import type { StreamTags, TagOutcome } from './tag-outcome.ts';

/** Most bytes at the beginning of a stream that are looked through; what lies behind is not found. */
export const MAX_TAG_BYTES = 256 * 1024;

/** Reads the tags at the beginning of a container stream: Ogg comment headers (Opus, Vorbis, FLAC) and ID3v2. */
export class TagReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #done = false;

  /** Takes the next bytes of the stream; gives the tags once, when they are complete. */
  push(bytes: Uint8Array): StreamTags | undefined {
    if (this.#done) return undefined;
    this.#bytes = concatBytes([this.#bytes, bytes]);
    const isLast = this.#bytes.length >= MAX_TAG_BYTES;
    const outcome = readTags(this.#bytes, isLast);
    if (outcome === 'more' && !isLast) return undefined;
    this.#done = true;
    this.#bytes = new Uint8Array(0);
    return typeof outcome === 'string' || Object.keys(outcome).length === 0 ? undefined : outcome;
  }
}

function readTags(bytes: Uint8Array, isLast: boolean): TagOutcome {
  if (bytes.length < 10) return 'more';
  if (hasText(bytes, 0, 'OggS')) return readOggTags(bytes);
  if (hasText(bytes, 0, 'ID3')) return readId3Tags(bytes, isLast);
  return 'none';
}
