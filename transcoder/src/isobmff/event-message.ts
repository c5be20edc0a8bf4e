import { ascii, flatten, fullBox, u32, u64 } from './box.ts';

/** `scheme_id_uri` of timed ID3 in `emsg` boxes (AOM, "Carriage of ID3 Timed Metadata in CMAF"). */
export const ID3_SCHEME = 'https://aomedia.org/emsg/ID3';

/** `event_duration` of what has no known end. */
const UNKNOWN_DURATION = 0xffff_ffff;

/** An event message without an end. */
export type EventMessage = {
  /** Ticks a second of `presentationTime`. */
  timescale: number;
  /** Media time of the moment, in the track's own time. */
  presentationTime: number;
  /** Tells messages of a scheme apart; taken modulo 2^32. */
  id: number;
  message: Uint8Array;
};

/** An `emsg` box, version 1, of timed ID3 (ISO/IEC 23009-1, 5.10.3.3). Stands before the `moof` that it belongs to. */
export function eventMessage({ timescale, presentationTime, id, message }: EventMessage): Uint8Array<ArrayBuffer> {
  return flatten(
    fullBox(
      'emsg',
      { version: 1 },
      u32(timescale),
      u64(presentationTime),
      u32(UNKNOWN_DURATION),
      u32(id % 2 ** 32),
      ascii(`${ID3_SCHEME}\0`),
      ascii('\0'), // value
      message,
    ),
  );
}
