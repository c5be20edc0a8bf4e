import type { ProgrammeMetadata } from '@awaz/infra/contract';

/** Bytes of audio between two metadata blocks, as most servers have it; told in `icy-metaint`. */
export const ICY_METAINT = 16_000;

/** Longest content of a block: its length is told in units of 16 bytes, in one byte. */
const MAX_BLOCK_BYTES = 255 * 16;

const NOTHING_NEW = Buffer.from([0]);

/** Weaves ICY metadata into the stream of one listener: a block after every {@link ICY_METAINT} bytes of audio. */
export class IcyWeaver {
  #left = ICY_METAINT;
  #told: string | undefined;

  /** The next bytes of audio with the blocks that fall into them; the title is told when it is new. */
  weave(audio: Buffer, title: string): Buffer {
    if (audio.length < this.#left) {
      this.#left -= audio.length;
      return audio;
    }
    const pieces: Buffer[] = [];
    let from = 0;
    while (audio.length - from >= this.#left) {
      pieces.push(audio.subarray(from, from + this.#left), this.#block(title));
      from += this.#left;
      this.#left = ICY_METAINT;
    }
    pieces.push(audio.subarray(from));
    this.#left -= audio.length - from;
    return Buffer.concat(pieces);
  }

  #block(title: string): Buffer {
    if (title === this.#told) return NOTHING_NEW;
    this.#told = title;
    return icyBlock(title);
  }
}

/** What a programme is called in one line; undefined when it has no name. */
export function icyTitleOf({ track, show }: ProgrammeMetadata): string | undefined {
  if (track === null) return show ?? undefined;
  return track.artist === '' ? track.title : `${track.artist} - ${track.title}`;
}

/** A metadata block with a title. A quotation mark would end the value early for many players, so it is replaced. */
export function icyBlock(title: string): Buffer {
  const frame = (text: string) => Buffer.from(`StreamTitle='${text}';`);
  let shown = title.replaceAll("'", '\u2019');
  while (frame(shown).length > MAX_BLOCK_BYTES) shown = [...shown].slice(0, Math.floor(shown.length * 0.9)).join('');
  const content = frame(shown);
  const units = Math.ceil(content.length / 16);
  const block = Buffer.alloc(1 + units * 16);
  block[0] = units;
  content.copy(block, 1);
  return block;
}
