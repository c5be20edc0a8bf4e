import { fields, findBox, fourCharacters, readBoxes } from './box-reader.ts';

/** What an init section says of one track. */
export type TrackFacts = {
  id: number;
  /** Ticks per second. */
  timescale: number;
  /** Like `soun` or `vide`. */
  handler: string;
  /** RFC 6381 name as far as it can be told, like `mp4a.40.2` or `avc1`. */
  codec: string;
  channels: number | undefined;
  /** In ticks; from `trex`. */
  defaultSampleDuration: number;
};

/** Reads an init section (`moov`). Throws a BoxError, or a RangeError where a box is too short. */
export function readInitSection(bytes: Uint8Array): TrackFacts[] {
  const moov = findBox(bytes, 'moov');
  if (moov === undefined) return [];
  const durations = defaultDurations(moov.body);
  return readBoxes(moov.body)
    .filter((box) => box.type === 'trak')
    .map((trak) => readTrack(trak.body, durations));
}

function defaultDurations(moov: Uint8Array): ReadonlyMap<number, number> {
  const mvex = findBox(moov, 'mvex');
  const trexes = mvex === undefined ? [] : readBoxes(mvex.body).filter((box) => box.type === 'trex');
  // version and flags, track_ID, default_sample_description_index, default_sample_duration
  return new Map(trexes.map(({ body }) => [fields(body).getUint32(4), fields(body).getUint32(12)]));
}

function readTrack(trak: Uint8Array, durations: ReadonlyMap<number, number>): TrackFacts {
  const tkhd = findBox(trak, 'tkhd')?.body ?? new Uint8Array(0);
  const mdhd = findBox(trak, 'mdia', 'mdhd')?.body ?? new Uint8Array(0);
  const hdlr = findBox(trak, 'mdia', 'hdlr')?.body ?? new Uint8Array(0);
  const stsd = findBox(trak, 'mdia', 'minf', 'stbl', 'stsd')?.body ?? new Uint8Array(0);
  // Version 1 has 64-bit times before what follows.
  const id = fields(tkhd).getUint32(tkhd[0] === 1 ? 20 : 12);
  const entry = readBoxes(stsd.subarray(8))[0];
  return {
    id,
    timescale: fields(mdhd).getUint32(mdhd[0] === 1 ? 20 : 12),
    handler: fourCharacters(hdlr, 8),
    codec: entry === undefined ? '' : codecName(entry.type, entry.body),
    channels: fourCharacters(hdlr, 8) === 'soun' && entry !== undefined ? fields(entry.body).getUint16(16) : undefined,
    defaultSampleDuration: durations.get(id) ?? 0,
  };
}

/** Bytes of a sample entry before its boxes (ISO/IEC 14496-12, 12.1.3 and 12.2.3). */
const AUDIO_ENTRY_BYTES = 28;
const VISUAL_ENTRY_BYTES = 78;

function codecName(type: string, entry: Uint8Array): string {
  if (type === 'mp4a') return aacName(entry);
  if (type !== 'avc1' && type !== 'avc3') return type;
  const avcC = findBox(entry.subarray(VISUAL_ENTRY_BYTES), 'avcC')?.body.subarray(1, 4);
  const profile = Array.from(avcC ?? [], (byte) => byte.toString(16).padStart(2, '0')).join('');
  return profile === '' ? type : `${type}.${profile}`;
}

function aacName(entry: Uint8Array): string {
  const esds = findBox(entry.subarray(AUDIO_ENTRY_BYTES), 'esds')?.body.subarray(4);
  const config = esds && descriptor(descriptor(descriptor(esds, 0x03)?.subarray(3), 0x04)?.subarray(13), 0x05);
  const objectType = (config?.[0] ?? 0) >> 3;
  // ISO/IEC 14496-3, 1.6.2.1: 31 is an escape to the next six bits.
  const escaped = 32 + ((((config?.[0] ?? 0) & 0x07) << 3) | ((config?.[1] ?? 0) >> 5));
  return objectType === 0 ? 'mp4a' : `mp4a.40.${objectType === 31 ? escaped : objectType}`;
}

/** Content of the first descriptor with a tag (ISO/IEC 14496-1, 8.3.3); its length takes seven bits of each byte. */
function descriptor(bytes: Uint8Array | undefined, tag: number): Uint8Array | undefined {
  let offset = 0;
  while (bytes !== undefined && offset + 1 < bytes.length) {
    const found = bytes[offset];
    let size = 0;
    let at = offset + 1;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      size = (size << 7) | (byte & 0x7f);
      if ((byte & 0x80) === 0) break;
    }
    if (found === tag) return bytes.subarray(at, at + size);
    offset = at + size;
  }
  return undefined;
}
