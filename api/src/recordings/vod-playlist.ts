import { FRAME_DURATION_MS } from '@awaz/infra/contract';
import type { RecordedSegment, RecordedTitle } from '@awaz/infra/recordings';
import { type DateRange, type MediaPlaylist, renderMediaPlaylist } from '@awaz/transcoder/hls';

/** `CLASS` of the date ranges that tell the programme, as in live playlists. */
const PROGRAMME_CLASS = 'com.awaz.programme';

/** Longest segment, rounded up to seconds; playlists that grow say it from the beginning. */
const MAX_SEGMENT_SECONDS = 9;

/** Seconds of so many frames. */
const secondsOf = (frames: number) => (frames * FRAME_DURATION_MS) / 1000;

/** What a playlist of a recording is made of. */
export type RecordedMedia = {
  segments: readonly RecordedSegment[];
  titles: readonly RecordedTitle[];
  /** Behind the address of each file, beginning with `?`; empty where none is needed. */
  query: string;
  /** Whether nothing will be added. */
  ended: boolean;
};

/** The media playlist of a recording (RFC 8216bis 4.4.3.5: `VOD`, or `EVENT` while it grows), with programme date-times and titles. */
export function vodPlaylist({ segments, titles, query, ended }: RecordedMedia): string {
  const longest = Math.max(1, ...segments.map(({ frames }) => secondsOf(frames)));
  const playlist: MediaPlaylist = {
    targetDuration: Math.max(MAX_SEGMENT_SECONDS, Math.ceil(longest)),
    independentSegments: true,
    playlistType: ended ? 'VOD' : 'EVENT',
    mediaSequence: 0,
    map: { uri: `init.mp4${query}` },
    segments: segments.map(({ frames, programDateTime }, index) => ({
      uri: `${index}.m4s${query}`,
      durationSeconds: secondsOf(frames),
      programDateTime,
      parts: [],
    })),
    dateRanges: titles.map(dateRangeOf),
    renditionReports: [],
    ended,
  };
  return renderMediaPlaylist(playlist);
}

function dateRangeOf({ show, host, track, at }: RecordedTitle, index: number): DateRange {
  const custom: Record<`X-${string}`, string> = {};
  if (track !== null) custom['X-TITLE'] = track.title;
  if (track !== null && track.artist !== '') custom['X-ARTIST'] = track.artist;
  if (show !== null) custom['X-SHOW'] = show;
  if (host !== null) custom['X-HOST'] = host;
  return { id: `programme-${index}`, class: PROGRAMME_CLASS, startDate: at, endOnNext: true, custom };
}
