import { byteAt, u24, u32 } from './byte-fields.ts';
import type { TagOutcome } from './tag-outcome.ts';

const HEADER_BYTES = 10;

/** Flags of the header: what is rare and would have to be undone before frames can be read. */
const UNSYNCHRONISED_OR_EXTENDED = 0xc0;

/** Most bytes of one text frame that are read. */
const MAX_TEXT_BYTES = 4096;

/** A frame of a tag; `text` reads it as a text frame. */
type Id3Frame = { id: string; text: () => string };

/** Names of the frames that are read, in version 2 and from version 3 on. */
const FIELDS: Readonly<Record<string, 'title' | 'artist'>> = {
  TT2: 'title',
  TIT2: 'title',
  TP1: 'artist',
  TPE1: 'artist',
};

/**
 * Reads title and artist of an ID3v2 tag, versions 2 to 4 (id3.org). With `isLast` it makes do with what is there: pictures
 * make tags long, and stand behind the text as a rule.
 */
export function readId3Tags(bytes: Uint8Array, isLast: boolean): TagOutcome {
  const version = byteAt(bytes, 3);
  if (version < 2 || version > 4 || (byteAt(bytes, 5) & UNSYNCHRONISED_OR_EXTENDED) !== 0) return 'none';
  const tags: { title?: string; artist?: string } = {};
  for (const frame of framesOf(bytes, version)) {
    if (frame === 'more') return isLast ? tags : 'more';
    const field = FIELDS[frame.id];
    if (field !== undefined) tags[field] ??= frame.text();
    if (tags.title !== undefined && tags.artist !== undefined) break;
  }
  return tags;
}

/** The frames in order; `more` where the bytes end before the tag does. */
function* framesOf(bytes: Uint8Array, version: number): Generator<Id3Frame | 'more'> {
  const end = HEADER_BYTES + syncSafe(bytes, 6);
  const [nameBytes, headerBytes] = version === 2 ? [3, 6] : [4, 10];
  for (let at = HEADER_BYTES; at + headerBytes <= end; ) {
    const content = at + headerBytes;
    const size = frameSize(bytes, at, version);
    if (at < bytes.length && byteAt(bytes, at) === 0) return; // padding
    if (content + size > bytes.length) {
      yield 'more';
      return;
    }
    const id = String.fromCharCode(...bytes.subarray(at, at + nameBytes));
    yield { id, text: () => readText(bytes.subarray(content, content + Math.min(size, MAX_TEXT_BYTES))) };
    at = content + size;
  }
}

function frameSize(bytes: Uint8Array, at: number, version: number): number {
  if (version === 2) return u24(bytes, at + 3);
  return version === 3 ? u32(bytes, at + 4) : syncSafe(bytes, at + 4);
}

/** Encodings of text frames by their first byte. */
const ENCODINGS = ['latin1', 'utf-16', 'utf-16be', 'utf-8'] as const;

function readText(frame: Uint8Array): string {
  const encoding = ENCODINGS[byteAt(frame, 0)] ?? 'latin1';
  const isBigEndian = encoding === 'utf-16' && byteAt(frame, 1) === 0xfe && byteAt(frame, 2) === 0xff;
  const text = new TextDecoder(isBigEndian ? 'utf-16be' : encoding).decode(frame.subarray(1));
  return text.split('\0')[0] ?? '';
}

function syncSafe(bytes: Uint8Array, at: number): number {
  return [0, 1, 2, 3].reduce((value, n) => value * 128 + (byteAt(bytes, at + n) & 0x7f), 0);
}
