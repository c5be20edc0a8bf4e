import { AwazError } from '../contract/index.ts';
import { aacCodec } from './aac-config.ts';
import { byteAt, fourCharacters, textBytes, u16, u32 } from './byte-fields.ts';
import { type Mp4Box, mp4Boxes, mp4Child, mp4Descendant } from './mp4-box.ts';
import { opusCodec } from './opus-packet.ts';
import type { PacketCodec } from './packet-codec.ts';

/** What to do with an MP4 that is no live stream; ends the messages of `bad_media`. */
export const FRAGMENT_REMEDY =
  'Push fragmented MP4 (ffmpeg: -movflags empty_moov+default_base_moof -frag_duration 200000).';

/** The audio track of a fragmented MP4. */
export type Mp4Track = {
  id: number;
  codec: PacketCodec;
  /** Size of samples in fragments that give none themselves. */
  defaultSampleSize: number;
};

function bad(what: string, remedy = FRAGMENT_REMEDY): AwazError {
  return new AwazError('bad_media', `The MP4 stream ${what}. ${remedy}`);
}

/** Length of an MPEG-4 descriptor (ISO/IEC 14496-1 8.3.3): seven bits a byte while the top bit is set. */
function descriptorBody(bytes: Uint8Array, at: number): number {
  let next = at + 1;
  while (next < at + 4 && byteAt(bytes, next) >= 0x80) next++;
  return next + 1;
}

/** The AudioSpecificConfig in an `esds` box, empty when it carries no AAC. */
function audioSpecificConfig(bytes: Uint8Array, esds: Mp4Box): Uint8Array {
  const none = new Uint8Array(0);
  let at = esds.start + 4;
  if (byteAt(bytes, at) === 3) {
    const body = descriptorBody(bytes, at);
    const flags = byteAt(bytes, body + 2);
    at = body + 3 + ((flags & 0x80) === 0 ? 0 : 2) + ((flags & 0x20) === 0 ? 0 : 2);
    if ((flags & 0x40) !== 0) at += 1 + byteAt(bytes, at);
  }
  if (byteAt(bytes, at) !== 4) return none;
  const decoder = descriptorBody(bytes, at);
  const isAac = [0x40, 0x66, 0x67, 0x68].includes(byteAt(bytes, decoder));
  const specific = decoder + 13;
  if (!isAac || byteAt(bytes, specific) !== 5) return none;
  return bytes.subarray(descriptorBody(bytes, specific), esds.end);
}

/** Bytes of an AudioSampleEntry before its boxes, by the version that QuickTime gives it. */
function sampleEntryFields(bytes: Uint8Array, entry: Mp4Box): number {
  const version = u16(bytes, entry.start + 8);
  return 28 + (version === 1 ? 16 : version === 2 ? 36 : 0);
}

function codecOf(bytes: Uint8Array, entry: Mp4Box): PacketCodec | undefined {
  const content = { start: entry.start + sampleEntryFields(bytes, entry), end: entry.end };
  if (entry.type === 'mp4a') {
    const esds = mp4Child(bytes, content, 'esds') ?? mp4Descendant(bytes, content, 'wave/esds');
    return esds === undefined ? undefined : aacCodec(audioSpecificConfig(bytes, esds));
  }
  const dops = entry.type === 'Opus' ? mp4Child(bytes, content, 'dOps') : undefined;
  return dops === undefined || dops.end - dops.start < 11 ? undefined : opusCodec(u16(bytes, dops.start + 2));
}

function readTrack(bytes: Uint8Array, trak: Mp4Box): Omit<Mp4Track, 'defaultSampleSize'> | undefined {
  const handler = mp4Descendant(bytes, trak, 'mdia/hdlr');
  if (handler === undefined || fourCharacters(bytes, handler.start + 8) !== 'soun') return undefined;
  const header = mp4Child(bytes, trak, 'tkhd');
  const table = mp4Descendant(bytes, trak, 'mdia/minf/stbl');
  const descriptions = table === undefined ? undefined : mp4Child(bytes, table, 'stsd');
  if (header === undefined || table === undefined || descriptions === undefined) throw bad('has a broken audio track');
  const sizes = mp4Child(bytes, table, 'stsz');
  if (sizes !== undefined && u32(bytes, sizes.start + 8) > 0) throw bad('has its samples outside of fragments');
  const [entry] = mp4Boxes(bytes, descriptions.start + 8, descriptions.end);
  const codec = entry === undefined ? undefined : codecOf(bytes, entry);
  if (codec === undefined) throw bad(`has "${entry?.type ?? 'no'}" audio that cannot be read`, 'Push AAC or Opus.');
  const isVersion1 = byteAt(bytes, header.start) === 1;
  return { id: u32(bytes, header.start + (isVersion1 ? 20 : 12)), codec };
}

function defaultSampleSize(bytes: Uint8Array, extension: Mp4Box, trackId: number): number {
  for (const box of mp4Boxes(bytes, extension.start, extension.end)) {
    if (box.type === 'trex' && u32(bytes, box.start + 4) === trackId) return u32(bytes, box.start + 16);
  }
  return 0;
}

/** The first audio track of a `moov` box. Throws `bad_media` when the file is not fragmented or has no AAC or Opus. */
export function readMovie(bytes: Uint8Array, moov: Pick<Mp4Box, 'start' | 'end'>): Mp4Track {
  const extension = mp4Child(bytes, moov, 'mvex');
  if (extension === undefined) throw bad('is not fragmented');
  for (const box of mp4Boxes(bytes, moov.start, moov.end)) {
    const track = box.type === 'trak' ? readTrack(bytes, box) : undefined;
    if (track !== undefined) return { ...track, defaultSampleSize: defaultSampleSize(bytes, extension, track.id) };
  }
  throw bad('has no audio track', 'Push AAC or Opus.');
}

/** Boxes of `moov` and `trak` by which versions of ffmpeg trim the beginning differently: edit lists and iTunes facts. */
const TRIMMING_BOXES: ReadonlySet<string> = new Set(['edts', 'udta', 'meta']);

/** A copy of the `moov` box in which nothing says that decoders should trim: such boxes become `free`. */
export function withoutTrims(bytes: Uint8Array, moov: Mp4Box): Uint8Array {
  const copy = bytes.slice(moov.at, moov.end);
  const blank = (parent: Pick<Mp4Box, 'start' | 'end'>) => {
    for (const box of mp4Boxes(copy, parent.start, parent.end)) {
      if (TRIMMING_BOXES.has(box.type)) copy.set(textBytes('free'), box.at + 4);
      if (box.type === 'trak') blank(box);
    }
  };
  blank({ start: moov.start - moov.at, end: moov.end - moov.at });
  return copy;
}
