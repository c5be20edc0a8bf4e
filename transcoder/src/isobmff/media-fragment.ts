import { box, type Content, flatten, fullBox, sizeOf, u32, u64 } from './box.ts';
import { TRACK_ID } from './init-section.ts';

/** AAC frames that make one fragment. */
export type FragmentFrames = {
  /** Number of the fragment, from 1, growing. */
  sequenceNumber: number;
  /** Media time of the first sample in the track's timescale. */
  baseMediaDecodeTime: number;
  /** Raw AAC frames without ADTS headers. */
  frames: Uint8Array[];
};

const TRUN_DATA_OFFSET = 0x000001;
const TRUN_SAMPLE_SIZE = 0x000200;
const TFHD_DEFAULT_BASE_IS_MOOF = 0x020000;

function moof({ sequenceNumber, baseMediaDecodeTime, frames }: FragmentFrames, dataOffset: number): Content {
  return box(
    'moof',
    fullBox('mfhd', {}, u32(sequenceNumber)),
    box(
      'traf',
      fullBox('tfhd', { flags: TFHD_DEFAULT_BASE_IS_MOOF }, u32(TRACK_ID)),
      fullBox('tfdt', { version: 1 }, u64(baseMediaDecodeTime)),
      fullBox(
        'trun',
        { flags: TRUN_DATA_OFFSET | TRUN_SAMPLE_SIZE },
        u32(frames.length), // sample_count
        u32(dataOffset), // from the start of moof
        frames.flatMap((frame) => u32(frame.length)), // sample_size
      ),
    ),
  );
}

/** `moof` + `mdat` of consecutive frames: a CMAF chunk (ISO/IEC 23000-19, 7.3.2.3), complete and decodable by itself. */
export function mediaFragment(fragment: FragmentFrames): Uint8Array<ArrayBuffer> {
  const mdatHeaderBytes = 8;
  const dataOffset = sizeOf(moof(fragment, 0)) + mdatHeaderBytes;
  return flatten([moof(fragment, dataOffset), box('mdat', ...fragment.frames)]);
}
