import { atOnce, deltaText, ENDS_AFTER_MS, ends, type Mutation, oddText, status } from './mutation.ts';
import type { OriginFaults } from './simulated-origin.ts';

/** Mutations of delivery directives and delta updates. */
export const DIRECTIVE_MUTATIONS: readonly Mutation[] = [
  {
    breaks: '36',
    how: '_HLS_msn alone is answered too early',
    faults: atOnce(({ directives: { msn = 0, part } }) => msn > 99 && msn < 150 && part === undefined),
  },
  {
    breaks: '37',
    how: '_HLS_part is not waited for',
    faults: atOnce(
      ({ rendition, directives: { part }, elapsedMs }) =>
        rendition === 1 && part !== undefined && elapsedMs > 4000 && elapsedMs < 4200,
    ),
  },
  {
    breaks: '38',
    how: 'a part beyond the last is refused',
    faults: status(400, ({ directives: { part } }) => part === 6),
  },
  { breaks: '39', how: 'an old segment is refused', faults: status(404, ({ directives: { msn = 99 } }) => msn < 90) },
  {
    breaks: '40a',
    how: 'a segment far ahead is not refused',
    faults: atOnce(({ directives: { msn = 0 } }) => msn > 150),
  },
  { breaks: '40b', how: 'a part far ahead is not refused', faults: atOnce(({ directives: { part = 0 } }) => part > 6) },
  { breaks: '41a', how: '_HLS_part alone is not refused', faults: atOnce(({ query }) => query === '_HLS_part=0') },
  { breaks: '41b', how: '_HLS_msn=soon is not refused', faults: atOnce(({ query }) => query.includes('soon')) },
  {
    breaks: '42',
    how: 'what is held too long gets an unchanged playlist',
    also: ['32a', '37'],
    seconds: 40,
    faults: { lateMs: (part) => (part >= 4 ? 60_000 : 0), expire: 'answer' },
  },
  {
    breaks: '43',
    how: 'directives are refused after the end',
    faults: ends(status(400, ({ elapsedMs, directives: { msn } }) => elapsedMs >= ENDS_AFTER_MS && msn !== undefined)),
  },
  { breaks: '44a', how: '_HLS_skip gets a full playlist', faults: { ignoreSkip: true } },
  {
    breaks: '44b',
    how: 'an unknown value of _HLS_skip is refused',
    faults: status(400, ({ query }) => query.startsWith('_HLS_skip=awaz')),
  },
  {
    breaks: '45a',
    how: 'too much is skipped',
    faults: {
      model: (playlist) =>
        playlist.skip === undefined
          ? playlist
          : {
              ...playlist,
              segments: playlist.segments.slice(3),
              skip: { ...playlist.skip, skippedSegments: playlist.skip.skippedSegments + 3 },
            },
    },
  },
  {
    breaks: '45b',
    how: 'EXT-X-SKIP twice',
    also: ['1a'],
    faults: deltaText((text) => text.replace(/#EXT-X-SKIP.*\n/, (tag) => tag + tag)),
  },
  {
    breaks: '45c',
    how: 'EXT-X-SKIP that skips nothing',
    also: ['1d'],
    faults: oddText((text) => text.replace('#EXT-X-MAP', '#EXT-X-SKIP:SKIPPED-SEGMENTS=0\n#EXT-X-MAP')),
  },
  {
    breaks: '46',
    how: '_HLS_skip=v2 without RECENTLY-REMOVED-DATERANGES',
    also: ['1e', '47'],
    faults: deltaText((text) => text.replace(/,RECENTLY-REMOVED-DATERANGES="[^"]*"/, '')),
  },
  {
    breaks: '47',
    how: 'a delta update that says something else',
    faults: deltaText((text) => text.replace('EXTINF:6.144', 'EXTINF:6.1441')),
  },
  { breaks: '48a', how: 'the same request gets another text', faults: changingText() },
  {
    breaks: '48b',
    how: 'an unknown directive is refused',
    faults: status(400, ({ query }) => query.startsWith('_HLS_awaz')),
  },
  {
    breaks: '48c',
    how: 'directives in another order are refused',
    faults: status(400, ({ query }) => /^_HLS_part=\d+&_HLS_msn/.test(query)),
  },
];

/** From the third time on that a query is asked, the playlist has one more comment each time. */
function changingText(): OriginFaults {
  const times = new Map<string, number>();
  return {
    text: (text, { query, rendition, directives }) => {
      if (directives.part !== 0 || rendition !== 0) return text;
      const count = (times.get(query) ?? 0) + 1;
      times.set(query, count);
      return count < 3 ? text : `${text}# ${count}\n`;
    },
  };
}
