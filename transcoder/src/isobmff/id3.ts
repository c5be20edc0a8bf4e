import { ascii, type Content, flatten, sizeOf, u8, u16 } from './box.ts';

/** What an ID3 tag of a programme tells; null where nothing is known. */
export type ProgrammeTag = {
  title: string | null;
  artist: string | null;
  show: string | null;
  host: string | null;
};

const UTF8 = 3;

const encoder = new TextEncoder();

/** An ID3v2.4 tag (id3.org, ID3v2.4.0 structure and frames): TIT2, TPE1, and TXXX for show and host. */
export function id3Tag({ title, artist, show, host }: ProgrammeTag): Uint8Array<ArrayBuffer> {
  const frames: Content[] = [];
  if (title !== null) frames.push(textFrame('TIT2', title));
  if (artist !== null) frames.push(textFrame('TPE1', artist));
  if (show !== null) frames.push(textFrame('TXXX', `show\0${show}`));
  if (host !== null) frames.push(textFrame('TXXX', `host\0${host}`));
  return flatten([ascii('ID3'), u8(4), u8(0), u8(0), syncSafe(sizeOf(frames)), ...frames]);
}

function textFrame(id: string, text: string): Content {
  const bytes = encoder.encode(text);
  return [ascii(id), syncSafe(1 + bytes.length), u16(0), u8(UTF8), bytes];
}

/** Seven bits in each of four bytes. */
function syncSafe(value: number): number[] {
  return [(value >>> 21) & 0x7f, (value >>> 14) & 0x7f, (value >>> 7) & 0x7f, value & 0x7f];
}
