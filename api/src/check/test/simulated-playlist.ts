import {
  type DateRange,
  firstListedSegment,
  firstSegmentWithParts,
  type MediaPart,
  type MediaPlaylist,
  type MediaSegment,
  type PlaylistEdge,
  type ServerControl,
} from '@awaz/transcoder/hls';

/** How the simulated origin cuts and what it promises. */
export type SimulatedSetup = {
  targetDuration: number;
  windowSeconds: number;
  serverControl: ServerControl;
  /** Whether the broadcast has date ranges. */
  dateRanges: boolean;
  /** Segment before which there is a discontinuity. */
  discontinuityAt: number;
  /** Ms after the start at which the broadcast ends. */
  endsAfterMs: number;
};

/** Everything in order. */
export const USUAL_SETUP: SimulatedSetup = {
  targetDuration: 6,
  windowSeconds: 62,
  serverControl: { canBlockReload: true, canSkipUntil: 42, canSkipDateRanges: true, holdBack: 24, partHoldBack: 3.6 },
  dateRanges: true,
  discontinuityAt: 93,
  endsAfterMs: Number.POSITIVE_INFINITY,
};

export const PARTS_PER_SEGMENT = 6;
export const FRAMES_PER_PART = 48;
export const PART_SECONDS = 1.024;
export const SEGMENT_SECONDS = PARTS_PER_SEGMENT * PART_SECONDS;

/** Names of the renditions, and bytes in each of their frames. */
export const RENDITIONS = [
  { name: '64k', frameBytes: 20 },
  { name: '128k', frameBytes: 40 },
] as const;

/** Parts that are there when the clock starts. */
export const PARTS_AT_START = 100 * PARTS_PER_SEGMENT + 3;

/** A moment of the simulated broadcast. `now` and `startedAt`: ms since 1970. */
export type Moment = {
  setup: SimulatedSetup;
  parts: number;
  ended: boolean;
  now: number;
  startedAt: number;
  rendition: number;
};

/** The edge at a moment. */
export function edgeAt({ parts, ended }: Pick<Moment, 'parts' | 'ended'>): PlaylistEdge {
  return {
    lastMsn: Math.floor(parts / PARTS_PER_SEGMENT) - 1,
    lastMsnParts: PARTS_PER_SEGMENT,
    openParts: parts % PARTS_PER_SEGMENT,
    partsPerSegment: PARTS_PER_SEGMENT,
    partTarget: PART_SECONDS,
    ended,
  };
}

/** The full playlist at a moment. */
export function playlistAt(moment: Moment): MediaPlaylist {
  const { setup, ended, rendition } = moment;
  const { lastMsn, openParts } = edgeAt(moment);
  const durations = Array.from({ length: lastMsn + 1 }, () => SEGMENT_SECONDS);
  const first = firstListedSegment(durations, setup);
  const withParts = firstSegmentWithParts(durations, openParts * PART_SECONDS, setup.targetDuration);
  const segments = durations.slice(first).map((_, place) => segmentOf(first + place, { moment, withParts }));
  return {
    targetDuration: setup.targetDuration,
    independentSegments: true,
    serverControl: setup.serverControl,
    partTarget: PART_SECONDS,
    mediaSequence: first,
    discontinuitySequence: first > setup.discontinuityAt ? 1 : 0,
    map: { uri: 'init.mp4' },
    segments,
    ...(openParts === 0
      ? {}
      : { openSegment: { programDateTime: dateOf(lastMsn + 1, moment), parts: partsOf(lastMsn + 1, openParts) } }),
    dateRanges: setup.dateRanges ? rangesOf(moment, segments[0]?.programDateTime ?? 0) : [],
    preloadHint: { type: 'PART', uri: `${lastMsn + 1}.${openParts}.m4s` },
    renditionReports: RENDITIONS.filter((_, index) => index !== rendition).map(({ name }) => ({
      uri: `../${name}/playlist.m3u8`,
      ...(openParts === 0
        ? { lastMsn, lastPart: PARTS_PER_SEGMENT - 1 }
        : { lastMsn: lastMsn + 1, lastPart: openParts - 1 }),
    })),
    ended,
  };
}

function segmentOf(msn: number, { moment, withParts }: { moment: Moment; withParts: number }): MediaSegment {
  return {
    uri: `${msn}.m4s`,
    durationSeconds: SEGMENT_SECONDS,
    programDateTime: dateOf(msn, moment),
    ...(msn === moment.setup.discontinuityAt ? { discontinuity: true } : {}),
    parts: msn >= withParts ? partsOf(msn, PARTS_PER_SEGMENT) : [],
  };
}

function partsOf(msn: number, count: number): MediaPart[] {
  return Array.from({ length: count }, (_, index) => ({
    uri: `${msn}.${index}.m4s`,
    durationSeconds: PART_SECONDS,
    independent: true,
  }));
}

function dateOf(msn: number, { startedAt }: Moment): number {
  return startedAt + (msn * PARTS_PER_SEGMENT - PARTS_AT_START) * PART_SECONDS * 1000;
}

/** One that lasts, and one that goes when the window has passed it. */
function rangesOf({ startedAt }: Moment, windowBegin: number): DateRange[] {
  const all: DateRange[] = [
    { id: 'show', startDate: startedAt - 900_000, durationSeconds: 7200, addedAt: startedAt - 900_000 },
    { id: 'jingle', startDate: startedAt - 70_000, durationSeconds: 20, addedAt: startedAt - 70_000 },
  ];
  return all.filter(({ startDate, durationSeconds = 0 }) => startDate + durationSeconds * 1000 > windowBegin);
}
