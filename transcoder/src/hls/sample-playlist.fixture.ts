import { type MediaPart, type MediaPlaylist, type MediaSegment, serverControlFor } from './index.ts';

const START = Date.UTC(2026, 0, 1);

/** Parts of a segment of the sample: two of 0.96 s. */
export function sampleParts(msn: number, count: number): MediaPart[] {
  return Array.from({ length: count }, (_, index) => ({
    uri: `${msn}.${index}.m4s`,
    durationSeconds: 0.96,
    independent: true,
  }));
}

/** A playlist beginning with segment 7, the last two segments with their parts. For tests. */
export function samplePlaylist({ segments, openParts }: { segments: number; openParts: number }): MediaPlaylist {
  const first = 7;
  const openMsn = first + segments;
  const dateOf = (msn: number) => START + msn * 1920;
  const reports = { lastMsn: openParts > 0 ? openMsn : openMsn - 1, lastPart: openParts > 0 ? openParts - 1 : 1 };
  return {
    targetDuration: 2,
    independentSegments: true,
    serverControl: serverControlFor(2, 0.96),
    partTarget: 0.96,
    mediaSequence: first,
    map: { uri: 'init.mp4' },
    segments: Array.from({ length: segments }, (_, index): MediaSegment => {
      const msn = first + index;
      const parts = msn >= openMsn - 2 ? sampleParts(msn, 2) : [];
      return { uri: `${msn}.m4s`, durationSeconds: 1.92, programDateTime: dateOf(msn), parts };
    }),
    ...(openParts > 0
      ? { openSegment: { programDateTime: dateOf(openMsn), parts: sampleParts(openMsn, openParts) } }
      : {}),
    dateRanges: [],
    preloadHint: { type: 'PART', uri: `${openMsn}.${openParts}.m4s` },
    renditionReports: ['64k', '256k'].map((name) => ({ uri: `../${name}/playlist.m3u8`, ...reports })),
    ended: false,
  };
}
