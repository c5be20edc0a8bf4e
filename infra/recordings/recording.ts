import type { PublishedProgramme } from '../titles/index.ts';

/** Names a recording: one broadcast of a station. */
export type RecordingName = { station: string; broadcastId: string };

/** What a recording is about. */
export type Recording = RecordingName & {
  /** What people read; the owner may change it. */
  title: string;
  /** Start of the broadcast, ms since 1970. */
  startedAt: number;
  /** `open` while it may still grow. */
  state: 'open' | 'complete';
  /** When it became complete, ms since 1970. */
  endedAt?: number;
  /** Bitrate of the recorded rendition. */
  kbps: number;
  /** AAC frames in its segments, silence included. */
  frames: number;
  /** How many of them are silence in places for which nothing was sent. */
  silentFrames: number;
  /** Frames of the broadcast that could not be written before they were gone: silence stands for them. */
  lostFrames: number;
  /** Bytes of its segments. */
  bytes: number;
  /** Bytes of the beginning of the one file; absent while there is none. */
  headBytes?: number;
  /** Since when nothing can be written, ms since 1970; absent while all is well. */
  fullSince?: number;
};

/** One segment of a recording, in a file of its own. */
export type RecordedSegment = {
  /** AAC frames of 1024 samples. */
  frames: number;
  /** Size of the file. */
  bytes: number;
  /** Where the frames begin in the file, after `moof` and the head of `mdat`. */
  headBytes: number;
  /** When its first sample was captured, ms since 1970. */
  programDateTime: number;
};

/** What became audible when, in order. */
export type RecordedTitle = Pick<PublishedProgramme, 'show' | 'host' | 'track' | 'at'>;

/** Where an archiver is, so that another one can go on. */
export type ArchivePlace = {
  /** Id in the part log of the last part that is in the segments; `0` before any. */
  afterId: string;
  /** When what follows was captured if nothing is missing, ms since 1970; absent before any frame. */
  nextCapturedAt?: number;
};

/** Paths of a recording's files, relative to the archive. */
export const recordingFiles = ({ station, broadcastId }: RecordingName) => ({
  folder: `${station}/${broadcastId}`,
  init: `${station}/${broadcastId}/init.mp4`,
  /** The beginning of the one file: all before the frames. */
  head: `${station}/${broadcastId}/head.mp4`,
  segment: (index: number): string => `${station}/${broadcastId}/${index}.m4s`,
});
