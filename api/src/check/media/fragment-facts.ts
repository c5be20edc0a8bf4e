import { type Box, BoxError, fields, readBoxes } from './box-reader.ts';
import type { TrackFacts } from './init-facts.ts';

/** Consecutive samples of one track in one fragment. */
export type TrackRun = {
  trackId: number;
  /** Decode time of the first sample, in ticks. */
  baseTime: number;
  /** In ticks. */
  duration: number;
  /** Bytes of each sample. */
  sampleSizes: readonly number[];
};

/** What a part or segment holds. */
export type MediaFacts = {
  runs: readonly TrackRun[];
  /** Number of `moof` boxes. */
  fragments: number;
  /** Contents of all `mdat` boxes, in order. */
  payloads: readonly Uint8Array[];
};

const TFHD_DEFAULT_DURATION = 0x08;
const TFHD_DEFAULT_SIZE = 0x10;

/** Sizes in `tfhd` of optional fields before the default duration: base data offset, sample description index. */
const TFHD_BEFORE_DURATION: readonly (readonly [flag: number, bytes: number])[] = [
  [0x01, 8],
  [0x02, 4],
];

/**
 * Reads one or more fragments (`moof` + `mdat`). Throws a {@link BoxError} where a fragment is not complete: a `moof`
 * without all bytes of its samples behind it.
 */
export function readFragments(bytes: Uint8Array, tracks: readonly TrackFacts[]): MediaFacts {
  const runs: TrackRun[] = [];
  const payloads: Uint8Array[] = [];
  let fragments = 0;
  let awaited: number | undefined;
  for (const box of readBoxes(bytes)) {
    if (box.type === 'moof') {
      if (awaited !== undefined) throw new BoxError(`the moof before byte ${box.start} has no mdat`);
      const inside = readMoof(box, tracks);
      runs.push(...inside);
      fragments++;
      awaited = inside.flatMap((run) => run.sampleSizes).reduce((sum, size) => sum + size, 0);
    } else if (box.type === 'mdat') {
      if (awaited !== undefined && awaited > box.body.length) {
        throw new BoxError(`the mdat at byte ${box.start} has ${box.body.length} bytes, its samples ${awaited}`);
      }
      payloads.push(box.body);
      awaited = undefined;
    }
  }
  if (awaited !== undefined) throw new BoxError('the last moof has no mdat');
  return { runs, fragments, payloads };
}

function readMoof(moof: Box, tracks: readonly TrackFacts[]): TrackRun[] {
  return readBoxes(moof.body)
    .filter((box) => box.type === 'traf')
    .map((traf) => readTraf(readBoxes(traf.body), tracks));
}

function readTraf(boxes: readonly Box[], tracks: readonly TrackFacts[]): TrackRun {
  const tfhd = boxes.find((box) => box.type === 'tfhd');
  const tfdt = boxes.find((box) => box.type === 'tfdt');
  if (tfhd === undefined || tfdt === undefined) throw new BoxError('a traf has no tfhd or no tfdt');
  const defaults = readTfhd(tfhd.body, tracks);
  const time = fields(tfdt.body);
  const baseTime = tfdt.body[0] === 1 ? Number(time.getBigUint64(4)) : time.getUint32(4);
  const samples = boxes.filter((box) => box.type === 'trun').flatMap((box) => readTrun(box.body, defaults));
  return {
    trackId: defaults.trackId,
    baseTime,
    duration: samples.reduce((sum, sample) => sum + sample.duration, 0),
    sampleSizes: samples.map((sample) => sample.size),
  };
}

type SampleDefaults = { trackId: number; duration: number; size: number };

function readTfhd(tfhd: Uint8Array, tracks: readonly TrackFacts[]): SampleDefaults {
  const view = fields(tfhd);
  const flags = view.getUint32(0) & 0xffffff;
  const trackId = view.getUint32(4);
  let offset = 8;
  for (const [flag, bytes] of TFHD_BEFORE_DURATION) if (flags & flag) offset += bytes;
  const own = flags & TFHD_DEFAULT_DURATION ? view.getUint32(offset) : undefined;
  if (own !== undefined) offset += 4;
  const size = flags & TFHD_DEFAULT_SIZE ? view.getUint32(offset) : 0;
  const duration = own ?? tracks.find((track) => track.id === trackId)?.defaultSampleDuration ?? 0;
  return { trackId, duration, size };
}

function readTrun(trun: Uint8Array, defaults: SampleDefaults): { duration: number; size: number }[] {
  const view = fields(trun);
  const flags = view.getUint32(0) & 0xffffff;
  const count = view.getUint32(4);
  // data_offset and first_sample_flags come first, once.
  let offset = 8 + (flags & 0x01 ? 4 : 0) + (flags & 0x04 ? 4 : 0);
  const next = () => {
    const value = view.getUint32(offset);
    offset += 4;
    return value;
  };
  // More samples than bytes are a broken or hostile file.
  if (count > trun.length && (flags & 0xf00) !== 0)
    throw new BoxError(`a trun of ${trun.length} bytes has ${count} samples`);
  return Array.from({ length: Math.min(count, 1_000_000) }, () => {
    const duration = flags & 0x100 ? next() : defaults.duration;
    const size = flags & 0x200 ? next() : defaults.size;
    if (flags & 0x400) offset += 4;
    if (flags & 0x800) offset += 4;
    return { duration, size };
  });
}
