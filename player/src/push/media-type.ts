/** What a file's first bytes say about it. */
export type MediaGuess =
  /** Can be sent as this MIME type. */
  | { kind: 'type'; mime: string }
  /** Is known and cannot be sent as it is; `why` completes the sentence "… ". */
  | { kind: 'refused'; why: string }
  /** Nothing that is known. */
  | { kind: 'unknown' };

/** How many first bytes are looked at: an MP4's `moov` and the tags before the first MP3 frame fit mostly. */
export const PROBE_BYTES = 1_048_576;

const BY_EXTENSION: Record<string, string> = {
  webm: 'audio/webm',
  weba: 'audio/webm',
  mka: 'audio/webm',
  ogg: 'audio/ogg',
  oga: 'audio/ogg',
  opus: 'audio/ogg',
  mp4: 'audio/mp4',
  m4a: 'audio/mp4',
  aac: 'audio/aac',
  adts: 'audio/aac',
  mp3: 'audio/mpeg',
  wav: 'audio/wav',
  wave: 'audio/wav',
};

/** Guesses the type of a file from its first bytes, and where they say nothing from its name. */
export function guessMediaType(first: Uint8Array, name: string): MediaGuess {
  const guess = guessFromBytes(first);
  if (guess.kind !== 'unknown') return guess;
  const mime = BY_EXTENSION[/\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''];
  return mime === undefined ? guess : { kind: 'type', mime };
}

const MAGICS: [at: number, magic: string, mime: string][] = [
  [0, 'RIFF', 'audio/wav'],
  [0, 'RF64', 'audio/wav'],
  [0, 'OggS', 'audio/ogg'],
  [0, '\x1a\x45\xdf\xa3', 'audio/webm'],
];

const REFUSED: [at: number, magic: string, what: string][] = [
  [0, 'fLaC', 'bare FLAC'],
  [0, 'FORM', 'AIFF'],
  [0, 'caff', 'CAF'],
  [0, '\x30\x26\xb2\x75', 'Windows Media'],
  [0, '#!AMR', 'AMR'],
];

function guessFromBytes(first: Uint8Array): MediaGuess {
  const has = (at: number, magic: string) => ascii(first, at, magic.length) === magic;
  const known = MAGICS.find(([at, magic]) => has(at, magic));
  if (known !== undefined) return { kind: 'type', mime: known[2] };
  const refused = REFUSED.find(([at, magic]) => has(at, magic));
  if (refused !== undefined) return { kind: 'refused', why: `is ${refused[2]}, which cannot be sent as it is` };
  if (['ftyp', 'styp', 'moof'].some((type) => has(4, type))) return guessMp4(first);
  return guessFrames(first, has(0, 'ID3') ? id3Length(first) : 0);
}

/** ADTS and MP3 frames begin with 11 or 12 set bits; the layer field of MPEG audio is 00 in ADTS only. */
function guessFrames(first: Uint8Array, at: number): MediaGuess {
  const [sync = 0, next = 0] = first.subarray(at, at + 2);
  if (sync === 0xff && (next & 0xf6) === 0xf0) return { kind: 'type', mime: 'audio/aac' };
  if (sync === 0xff && (next & 0xe0) === 0xe0 && (next & 0x06) !== 0) return { kind: 'type', mime: 'audio/mpeg' };
  // Tags longer than what is looked at, or padding before the first frame: MP3 is what carries such tags.
  return at > 0 ? { kind: 'type', mime: 'audio/mpeg' } : { kind: 'unknown' };
}

/** Size of an ID3v2 tag: 10 bytes of header and a length of 4 x 7 bits (ID3v2.4 section 3.1). */
function id3Length(first: Uint8Array): number {
  return 10 + first.subarray(6, 10).reduce((size, byte) => size * 128 + (byte & 0x7f), 0);
}

/** Only fragmented MP4 can be decoded as it comes: `moov` says so by `mvex` (ISO/IEC 14496-12 8.8.1). */
function guessMp4(first: Uint8Array): MediaGuess {
  for (let at = 0; at + 8 <= first.length; ) {
    const size = new DataView(first.buffer, first.byteOffset + at).getUint32(0);
    const type = ascii(first, at + 4, 4);
    if (type === 'moof') return { kind: 'type', mime: 'audio/mp4' };
    if (type === 'mdat') return NOT_FRAGMENTED;
    if (type === 'moov') {
      const moov = Buffer.from(first.buffer, first.byteOffset + at, Math.min(size, first.length - at));
      return moov.includes('mvex') || moov.length < size ? { kind: 'type', mime: 'audio/mp4' } : NOT_FRAGMENTED;
    }
    if (size < 8) break;
    at += size;
  }
  return { kind: 'type', mime: 'audio/mp4' };
}

const NOT_FRAGMENTED: MediaGuess = {
  kind: 'refused',
  why: 'is an MP4 file with one index for all of it, which cannot be sent before its end is known',
};

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}
