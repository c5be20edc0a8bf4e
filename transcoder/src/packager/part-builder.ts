import { SAMPLES_PER_FRAME } from '@awaz/infra/contract';
import type { PublishedPart, ResumeCursor } from '@awaz/infra/part-log';
import { mediaFragment } from '../isobmff/media-fragment.ts';

/** One instant in all renditions: a frame for each rung of the ladder, and whether it is filler. */
export type FrameSet = { payloads: Uint8Array[]; filler: boolean };

/** Facts of a part about to be built. */
export type PartFacts = {
  msn: number;
  index: number;
  /** Index in the broadcast of the first frame. */
  firstFrame: number;
  /** Programme date-time of the first frame, ms since 1970. */
  programDateTime: number;
  endsSegment: boolean;
  publishedAt: number;
  cursor: ResumeCursor | undefined;
  /** When its first own frame was captured, where that is told beside the date; see `PublishedPart`. */
  capturedAt?: number | undefined;
};

/** Builds a part of all renditions from consecutive frame sets; at least one. */
export function buildPart(facts: PartFacts, frames: FrameSet[]): PublishedPart {
  const renditions = frames[0]?.payloads.length ?? 0;
  const payloads = Array.from({ length: renditions }, (_, rendition) =>
    mediaFragment({
      sequenceNumber: facts.firstFrame + 1, // any growing number will do; this one survives a takeover
      baseMediaDecodeTime: facts.firstFrame * SAMPLES_PER_FRAME,
      frames: frames.map((frame) => frame.payloads[rendition] as Uint8Array),
    }),
  );
  const { cursor, capturedAt, ...rest } = facts;
  const fillerFrames = frames.filter((frame) => frame.filler).length;
  const optional = { ...(cursor === undefined ? {} : { cursor }), ...(capturedAt === undefined ? {} : { capturedAt }) };
  return { ...rest, frames: frames.length, fillerFrames, ...optional, payloads };
}
