import type { Cut, Rung } from '../contract/index.ts';
import type { PublishedProgramme } from '../titles/index.ts';

/** Where a worker had got to in the chunk log when it published a part; enough for another one to go on. */
export type ResumeCursor = {
  /** Epoch the audio came from. */
  epoch: string;
  /** MIME type of that epoch. */
  format: string;
  /** Chunk log id of the entry that holds the restart point. */
  entryId: string;
  /** Byte within that entry's payload at which the restart point lies. */
  byteOffset: number;
  /** Decoded samples of the container stream before the restart point, at the stream's own rate. */
  restartSample: number;
  /** Bytes to feed before the restart point, base64; empty at the beginning of a stream. */
  prefix: string;
  /** What the scanner has to know besides the prefix; see `RestartPoint.state`. */
  state: string;
  /** Samples (48 kHz) of the container stream that are published up to the end of the part; a multiple of 1024. */
  publishedSample: number;
};

/** What is said once of a broadcast to all readers of its part log. */
export type PartLogMeta = {
  station: string;
  broadcastId: string;
  startedAt: number;
  ladder: Rung[];
  cut: Cut;
  /** Whether playlists list parts; logs of an earlier version do not say, and theirs do. */
  lowLatency?: boolean;
  /** RFC 6381 codec of every rendition, like `mp4a.40.2`. */
  codec: string;
};

/**
 * Consecutive frames of the source, captured without a break. All spans of all parts, one after the other, hold each frame
 * of the source once, in the order of its container streams.
 */
export type SourceSpan = {
  /** How many frames. */
  frames: number;
  /** When the first sample was captured, ms since 1970 on the server's clock. */
  capturedAt: number;
  /** Present when a container stream begins with the span: a gap before it is exact. */
  startsRun?: true;
  /** Index in the part of the first frame, when they are on air. */
  at?: number;
  /** Size of each frame in bytes, when they came too late for the air; their bytes are in `late` of the part. */
  sizes?: number[];
};

/** One part of all renditions, as published: the same frames at each bitrate. */
export type PublishedPart = {
  /** Media sequence number of the parent segment. */
  msn: number;
  /** Index of the part in its segment, from 0. */
  index: number;
  /** Index in the broadcast of the part's first frame; `firstFrame * 1024` is its `tfdt`. */
  firstFrame: number;
  /** Frames in the part. */
  frames: number;
  /** How many of them are filler. */
  fillerFrames: number;
  /** Programme date-time of the first sample, ms since 1970, fractional. */
  programDateTime: number;
  /** Whether it is the last part of its segment. */
  endsSegment: boolean;
  /** Server time at which the worker published it, ms since 1970. */
  publishedAt: number;
  /** Where the worker was; absent while only filler has been published. */
  cursor?: ResumeCursor;
  /** When its first own frame was captured, ms since 1970; only where a station that keeps late audio plays behind. */
  capturedAt?: number;
  /** What becomes audible in the part, in order; each `at` lies in it. Absent when nothing does. */
  programme?: PublishedProgramme[];
  /** In the first part of a segment: what was audible before it, so that readers need not know all that came before. */
  programmeBefore?: PublishedProgramme;
  /** What the source gave since the part before; present when the broadcast is recorded and it gave something. */
  source?: SourceSpan[];
  /** Frames that were too late for the air, of the recorded rendition, one after the other; told in `source`. */
  late?: Uint8Array;
  /** `moof` + `mdat` of each rendition, in the order of the ladder; before them an `emsg` for each of `programme`. */
  payloads: Uint8Array[];
};

/** What a reader of the part log gets, in order. */
export type PartLogEvent =
  | { kind: 'part'; id: string; part: PublishedPart }
  | { kind: 'end'; id: string; reason: string };
