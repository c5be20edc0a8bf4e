import { ascii, box, type Content, fixed16, flatten, fullBox, sizeOf, u8, u16, u24, u32, u64, zeros } from './box.ts';
import { type AacTrack, IDENTITY_MATRIX, mp4a, soundMedia, TRACK_ID } from './init-section.ts';

/** What people read in a file. */
export type FileTags = { title: string; artist: string; date: string };

/** A file of one AAC-LC track whose frames lie one after the other behind the head. */
export type ProgressiveFile = {
  track: AacTrack;
  /** Sizes in bytes of the frames of each segment; a segment is a chunk of the file. */
  segments: readonly (readonly number[])[];
  tags: FileTags;
};

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** Bytes of the head of an `mdat` box with a 64-bit size. */
const MDAT_HEAD_BYTES = 16;

/**
 * All of a progressive file before its frames: `ftyp`, `moov` and the head of `mdat` (ISO/IEC 14496-12), so that players
 * begin before they have all of it. Frames follow as they are, segment after segment.
 */
export function progressiveHead(file: ProgressiveFile): Uint8Array<ArrayBuffer> {
  const ftyp = box('ftyp', ascii('M4A '), u32(0), ascii('M4A '), ascii('mp42'), ascii('isom'));
  const headBytes = sizeOf(ftyp) + sizeOf(moov(file, 0)) + MDAT_HEAD_BYTES;
  const mdatBytes = file.segments.reduce((total, sizes) => total + sum(sizes), MDAT_HEAD_BYTES);
  return flatten([ftyp, moov(file, headBytes), u32(1), ascii('mdat'), u64(mdatBytes)]);
}

function moov(file: ProgressiveFile, headBytes: number): Content {
  const { sampleRate } = file.track;
  const samples = file.segments.reduce((total, sizes) => total + sizes.length, 0) * 1024;
  const mvhd = fullBox(
    'mvhd',
    { version: 1 },
    zeros(16), // creation and modification time
    u32(sampleRate),
    u64(samples),
    fixed16(1), // rate
    u16(0x0100), // volume 1.0
    zeros(10), // reserved
    IDENTITY_MATRIX,
    zeros(24), // pre_defined
    u32(TRACK_ID + 1), // next_track_ID
  );
  return box('moov', mvhd, trak(file, samples, headBytes), box('udta', meta(file.tags)));
}

function trak(file: ProgressiveFile, samples: number, headBytes: number): Content {
  const tkhd = fullBox(
    'tkhd',
    { version: 1, flags: 3 }, // enabled, in movie
    zeros(16), // creation and modification time
    u32(TRACK_ID),
    zeros(4), // reserved
    u64(samples),
    zeros(8), // reserved
    u16(0), // layer
    u16(0), // alternate_group
    u16(0x0100), // volume 1.0
    zeros(2), // reserved
    IDENTITY_MATRIX,
    zeros(8), // width, height
  );
  const mdhd = fullBox(
    'mdhd',
    { version: 1 },
    ...[zeros(16), u32(file.track.sampleRate), u64(samples), u16(0x55c4), u16(0)], // times, timescale, duration, language und
  );
  return box('trak', tkhd, box('mdia', mdhd, ...soundMedia(stbl(file, samples / 1024, headBytes))));
}

function stbl({ track, segments }: ProgressiveFile, frames: number, headBytes: number): Content {
  return box(
    'stbl',
    fullBox('stsd', {}, u32(1), mp4a(track)),
    fullBox('stts', {}, u32(1), u32(frames), u32(1024)),
    stsc(segments),
    fullBox('stsz', {}, u32(0), u32(frames), numbers(segments.flat())),
    co64(segments, headBytes),
  );
}

/** Which segments have how many frames; those that are alike are told once. */
function stsc(segments: ProgressiveFile['segments']): Content {
  const entries: number[][] = [];
  let before = -1;
  segments.forEach((sizes, index) => {
    if (sizes.length === before) return;
    before = sizes.length;
    entries.push([...u32(index + 1), ...u32(before), ...u32(1)]);
  });
  return fullBox('stsc', {}, u32(entries.length), entries.flat());
}

function co64(segments: ProgressiveFile['segments'], headBytes: number): Content {
  let offset = headBytes;
  const offsets = segments.flatMap((sizes) => {
    const here = u64(offset);
    offset += sum(sizes);
    return here;
  });
  return fullBox('co64', {}, u32(segments.length), offsets);
}

/** 32-bit numbers as bytes: there are 170,000 of them in an hour. */
function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => {
    view.setUint32(index * 4, value);
  });
  return bytes;
}

/** Tags as iTunes and all players since read them. */
function meta({ title, artist, date }: FileTags): Content {
  const items = [
    ['\u00a9nam', title],
    ['\u00a9ART', artist],
    ['\u00a9day', date],
  ] as const;
  const hdlr = fullBox('hdlr', {}, zeros(4), ascii('mdir'), ascii('appl'), zeros(9));
  return fullBox('meta', {}, hdlr, box('ilst', ...items.map(([name, text]) => item(name, text))));
}

function item(name: string, text: string): Content {
  const utf8 = 1;
  return box(name, box('data', u8(0), u24(utf8), u32(0), new TextEncoder().encode(text)));
}
