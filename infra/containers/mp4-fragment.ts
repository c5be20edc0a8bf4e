import { AwazError } from '../contract/index.ts';
import { textBytes, u24, u32 } from './byte-fields.ts';
import { type Mp4Box, mp4Boxes, mp4Child } from './mp4-box.ts';
import { FRAGMENT_REMEDY, type Mp4Track } from './mp4-movie.ts';

/** Flags of `tfhd` (ISO/IEC 14496-12 8.8.7.1). */
const TFHD = {
  baseDataOffset: 0x1,
  sampleDescriptionIndex: 0x2,
  defaultSampleDuration: 0x8,
  defaultSampleSize: 0x10,
  defaultBaseIsMoof: 0x20000,
} as const;

/** Flags of `trun` (ISO/IEC 14496-12 8.8.8.1). */
const TRUN = {
  dataOffset: 0x1,
  firstSampleFlags: 0x4,
  duration: 0x100,
  size: 0x200,
  flags: 0x400,
  offset: 0x800,
} as const;

/** Samples of the audio track in a fragment, in the order of their bytes; starts count from the first byte of `moof`. */
export type Mp4Fragment = { starts: number[]; sizes: number[] };

type TrackFragment = { trackId: number; flags: number; defaultSize: number };

function readTrackFragmentHeader(bytes: Uint8Array, tfhd: Mp4Box, track: Mp4Track): TrackFragment {
  const flags = u24(bytes, tfhd.start + 1);
  let at = tfhd.start + 8;
  if ((flags & TFHD.baseDataOffset) !== 0) at += 8;
  if ((flags & TFHD.sampleDescriptionIndex) !== 0) at += 4;
  if ((flags & TFHD.defaultSampleDuration) !== 0) at += 4;
  const defaultSize = (flags & TFHD.defaultSampleSize) === 0 ? track.defaultSampleSize : u32(bytes, at);
  return { trackId: u32(bytes, tfhd.start + 4), flags, defaultSize };
}

type Run = { offset: number | undefined; sizes: number[] };

function readRun(bytes: Uint8Array, trun: Mp4Box, { defaultSize, most }: { defaultSize: number; most: number }): Run {
  const flags = u24(bytes, trun.start + 1);
  const count = u32(bytes, trun.start + 4);
  if (count > most) throw new AwazError('bad_media', `The MP4 stream has a fragment of ${count} samples or more.`);
  let at = trun.start + 8;
  let offset: number | undefined;
  if ((flags & TRUN.dataOffset) !== 0) {
    offset = u32(bytes, at) | 0;
    at += 4;
  }
  if ((flags & TRUN.firstSampleFlags) !== 0) at += 4;
  const sizeAt = (flags & TRUN.duration) === 0 ? 0 : 4;
  let entryBytes = 0;
  for (const field of [TRUN.duration, TRUN.size, TRUN.flags, TRUN.offset]) entryBytes += (flags & field) === 0 ? 0 : 4;
  const hasSizes = (flags & TRUN.size) !== 0;
  const sizes: number[] = [];
  for (let i = 0; i < count && at + entryBytes <= trun.end; i++, at += entryBytes) {
    sizes.push(hasSizes ? u32(bytes, at + sizeAt) : defaultSize);
  }
  return { offset, sizes };
}

type FragmentSoFar = {
  moof: Mp4Box;
  track: Mp4Track;
  implicit: number;
  fragment: Mp4Fragment;
  budget: { samples: number };
};

/** Puts the samples of a `traf` box into the fragment when they are of our track; gives where its data ends. */
function readTrackFragment(
  bytes: Uint8Array,
  traf: Mp4Box,
  { moof, track, implicit, fragment, budget }: FragmentSoFar,
): number {
  const tfhd = mp4Child(bytes, traf, 'tfhd');
  if (tfhd === undefined) return implicit;
  const header = readTrackFragmentHeader(bytes, tfhd, track);
  const base = (header.flags & (TFHD.baseDataOffset | TFHD.defaultBaseIsMoof)) === 0 ? implicit : 0;
  let next = base;
  for (const trun of mp4Boxes(bytes, traf.start, traf.end)) {
    if (trun.type !== 'trun') continue;
    const run = readRun(bytes, trun, { defaultSize: header.defaultSize, most: budget.samples });
    budget.samples -= run.sizes.length;
    next = run.offset === undefined ? next : base + run.offset;
    if (next < moof.end - moof.at) {
      throw new AwazError('bad_media', `An MP4 fragment does not say where its data is. ${FRAGMENT_REMEDY}`);
    }
    for (const size of run.sizes) {
      if (header.trackId === track.id) {
        fragment.starts.push(next);
        fragment.sizes.push(size);
      }
      next += size;
    }
  }
  return next;
}

/**
 * Reads a `moof` box. Data offsets are taken from its first byte: an absolute base data offset points there in all
 * files that live writers make, and holds no longer once a chunk was lost or the stream is entered in its middle.
 */
export function readFragment(bytes: Uint8Array, moof: Mp4Box, track: Mp4Track): Mp4Fragment {
  const fragment: Mp4Fragment = { starts: [], sizes: [] };
  const budget = { samples: moof.end - moof.at }; // a sample per byte: runs without sizes could claim any number
  let implicit = 0; // ISO/IEC 14496-12 8.8.7.1: without a base, data follows that of the track fragment before
  for (const traf of mp4Boxes(bytes, moof.start, moof.end)) {
    if (traf.type === 'traf') implicit = readTrackFragment(bytes, traf, { moof, track, implicit, fragment, budget });
  }
  return fragment;
}

/** `tfhd` without its base data offset: the eight bytes become a `free` box behind it, so that no size changes. */
function dropBaseDataOffset(moof: Uint8Array, tfhd: Mp4Box): void {
  const view = new DataView(moof.buffer, moof.byteOffset, moof.byteLength);
  const flags = (u24(moof, tfhd.start + 1) & ~TFHD.baseDataOffset) | TFHD.defaultBaseIsMoof;
  view.setUint32(tfhd.at, tfhd.end - tfhd.at - 8);
  view.setUint32(tfhd.start, (u32(moof, tfhd.start) & 0xff000000) | flags);
  moof.copyWithin(tfhd.start + 8, tfhd.start + 16, tfhd.end);
  view.setUint32(tfhd.end - 8, 8);
  moof.set(textBytes('free'), tfhd.end - 4);
}

/** A copy of the `moof` box whose data offsets count from its own first byte; undefined when they already do. */
export function movableFragment(bytes: Uint8Array, moof: Mp4Box): Uint8Array | undefined {
  let copy: Uint8Array | undefined;
  for (const traf of mp4Boxes(bytes, moof.start, moof.end)) {
    const tfhd = traf.type === 'traf' ? mp4Child(bytes, traf, 'tfhd') : undefined;
    if (tfhd === undefined || (u24(bytes, tfhd.start + 1) & TFHD.baseDataOffset) === 0 || tfhd.end - tfhd.start < 16)
      continue;
    copy ??= bytes.slice(moof.at, moof.end);
    const { type, at, start, end } = tfhd;
    dropBaseDataOffset(copy, { type, at: at - moof.at, start: start - moof.at, end: end - moof.at });
  }
  return copy;
}
