import type { MediaPlaylist } from '@awaz/transcoder/hls';
import {
  allText,
  deltaText,
  ENDS_AFTER_MS,
  isOdd,
  late,
  type Mutation,
  notFound,
  oddText,
  segments,
} from './mutation.ts';
import type { OriginFaults } from './simulated-origin.ts';

/** Changes the playlist that is loaded plainly once more after the end. */
const afterEnd = (change: (playlist: MediaPlaylist) => MediaPlaylist): OriginFaults => ({
  setup: { endsAfterMs: ENDS_AFTER_MS },
  model: (playlist, asked) => (asked.elapsedMs >= ENDS_AFTER_MS && asked.query === '' ? change(playlist) : playlist),
});

/** Mutations of how playlists slide. */
export const WINDOW_MUTATIONS: readonly Mutation[] = [
  {
    breaks: '11a',
    how: 'EXT-X-MEDIA-SEQUENCE behind the first segment',
    faults: oddText((text) => {
      const tag = /#EXT-X-MEDIA-SEQUENCE.*\n/.exec(text)?.[0] ?? '';
      return text.replace(tag, '') + tag;
    }),
  },
  {
    breaks: '11b',
    how: 'a media sequence number that decreases',
    also: ['26a', '26b', '27', '47', '64a'],
    faults: afterEnd((playlist) => ({ ...playlist, mediaSequence: playlist.mediaSequence - 1 })),
  },
  {
    breaks: '11c',
    how: 'EXT-X-SKIP before EXT-X-MEDIA-SEQUENCE',
    faults: deltaText((text) => {
      const tag = /#EXT-X-MEDIA-SEQUENCE.*\n/.exec(text)?.[0] ?? '';
      return text.replace(tag, '').replace(/(#EXT-X-SKIP.*\n)/, `$1${tag}`);
    }),
  },
  {
    breaks: '12a',
    seconds: 40,
    how: 'EXT-X-DISCONTINUITY-SEQUENCE stays',
    faults: allText((text) => text.replace('DISCONTINUITY-SEQUENCE:1', 'DISCONTINUITY-SEQUENCE:0')),
  },
  {
    breaks: '12b',
    seconds: 40,
    how: 'no EXT-X-DISCONTINUITY-SEQUENCE',
    also: ['12a'],
    faults: allText((text) => text.replace(/#EXT-X-DISCONTINUITY-SEQUENCE.*\n/, '')),
  },
  { breaks: '14a', how: 'no EXT-X-MAP', also: ['1e'], faults: oddText((text) => text.replace(/#EXT-X-MAP.*\n/, '')) },
  {
    breaks: '14b',
    how: 'no EXT-X-INDEPENDENT-SEGMENTS',
    faults: {
      ...allText((text) => text.replace('#EXT-X-INDEPENDENT-SEGMENTS\n', '')),
      multivariant: (text) => text.replace('#EXT-X-INDEPENDENT-SEGMENTS\n', ''),
    },
  },
  {
    breaks: '15a',
    how: 'a playlist without date-times',
    also: ['15b'],
    faults: oddText((text) => text.replace(/#EXT-X-PROGRAM-DATE-TIME.*\n/g, '')),
  },
  {
    breaks: '15b',
    how: 'a discontinuity without a date-time',
    also: ['15d'],
    faults: oddText((text) => text.replace(/(#EXT-X-DISCONTINUITY\n)#EXT-X-PROGRAM-DATE-TIME.*\n/, '$1')),
  },
  {
    breaks: '15c',
    how: 'one rendition 40 ms off',
    faults: { model: (playlist, { rendition }) => (rendition === 0 ? playlist : shifted(playlist, () => 40)) },
  },
  {
    breaks: '15d',
    how: 'every second segment without a date-time',
    faults: {
      model: (playlist) =>
        segments(playlist, (segment, msn) =>
          msn % 2 === 0 || segment.discontinuity ? segment : { ...segment, programDateTime: undefined },
        ),
    },
    also: ['20b'],
  },
  {
    breaks: '15e',
    how: 'date-times that lose 10 ms a segment',
    faults: { model: (playlist) => shifted(playlist, (msn) => -10 * msn) },
  },
  {
    breaks: '22a',
    how: 'parts that are 400 ms late now and then',
    faults: { lateMs: (part) => (part % 4 === 2 ? 400 : 0) },
  },
  {
    breaks: '22b',
    seconds: 40,
    how: 'a segment that comes four seconds late',
    also: ['22a'],
    faults: { lateMs: (part) => (part >= 14 ? 4000 : 0) },
  },
  {
    breaks: '24a',
    how: 'parts are listed for ever',
    faults: {
      model: (playlist) =>
        segments(playlist, (segment, msn) => ({
          ...segment,
          parts: Array.from({ length: 6 }, (_, index) => ({
            uri: `${msn}.${index}.m4s`,
            durationSeconds: 1.024,
            independent: true,
          })),
        })),
    },
  },
  {
    breaks: '24b',
    seconds: 40,
    how: 'parts are gone when their tags are',
    faults: {
      answer: (answer, { kind, msn, elapsedMs }) =>
        kind === 'part' && (msn - 99) * 6144 < elapsedMs - 24_000 ? notFound : answer,
    },
  },
  {
    breaks: '24c',
    how: 'a segment without parts between others',
    faults: oddText((text) => text.replace(/(?:#EXT-X-PART:.*\n)+(#EXTINF.*\n99\.m4s)/, '$1')),
  },
  {
    breaks: '25a',
    how: 'a window of two segments',
    also: ['25c'],
    faults: { model: (playlist, asked) => (isOdd(asked) ? short(playlist, 2) : playlist) },
  },
  {
    breaks: '25b',
    seconds: 40,
    how: 'segments are gone when they are no longer listed',
    faults: {
      answer: (answer, { kind, msn, elapsedMs }) =>
        kind === 'segment' && msn < 90 + Math.floor((elapsedMs + 3072) / 6144) ? notFound : answer,
    },
  },
  {
    breaks: '25c',
    how: 'a window of four segments',
    faults: { model: (playlist, asked) => (isOdd(asked) ? short(playlist, 4) : playlist) },
  },
  {
    breaks: '26a',
    seconds: 40,
    how: 'the URI of a segment changes',
    faults: {
      model: (playlist, asked) =>
        late(asked) && asked.rendition === 1
          ? segments(playlist, (segment, msn) => (msn === 96 ? { ...segment, uri: `${segment.uri}?new` } : segment))
          : playlist,
    },
  },
  {
    breaks: '26b',
    how: 'a playlist that loses its last segment',
    also: ['47', '64a'],
    faults: afterEnd((playlist) => ({ ...playlist, segments: playlist.segments.slice(0, -1) })),
  },
  {
    breaks: '64a',
    how: 'a playlist that changes after its end',
    faults: afterEnd((playlist) => ({ ...playlist, independentSegments: false })),
  },
];

function shifted(playlist: MediaPlaylist, by: (msn: number) => number): MediaPlaylist {
  const moved = segments(playlist, (segment, msn) => ({
    ...segment,
    programDateTime: (segment.programDateTime ?? 0) + by(msn),
  }));
  const { openSegment } = playlist;
  if (openSegment === undefined) return moved;
  const msn = playlist.mediaSequence + (playlist.skip?.skippedSegments ?? 0) + playlist.segments.length;
  return { ...moved, openSegment: { ...openSegment, programDateTime: (openSegment.programDateTime ?? 0) + by(msn) } };
}

function short(playlist: MediaPlaylist, count: number): MediaPlaylist {
  const left = playlist.segments.slice(-count);
  return {
    ...playlist,
    segments: left,
    mediaSequence: playlist.mediaSequence + playlist.segments.length - left.length,
  };
}
