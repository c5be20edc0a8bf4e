import type { MediaPlaylist } from '@awaz/transcoder/hls';
import { inPlaylist, type OriginView, type Parsed, secondsText } from '../origin-view.ts';
import type { Rule } from '../rule.ts';
import { atLeast, constant, EPSILON, each, others } from './looks.ts';
import { attributesOf } from './tags.ts';

/** Rules about EXT-X-SERVER-CONTROL (checklist 6 to 10). */
export const SERVER_CONTROL_RULES: readonly Rule[] = [
  {
    id: '6a',
    level: 'MUST',
    title: 'EXT-X-SERVER-CONTROL is there',
    needs: 'playlist with parts',
    look: (view) =>
      view.parsed
        .filter(({ playlist }) => playlist.partTarget !== undefined)
        .map((snapshot) =>
          snapshot.playlist.serverControl === undefined ? inPlaylist(snapshot, 'no EXT-X-SERVER-CONTROL') : undefined,
        ),
  },
  {
    id: '6b',
    level: 'MUST',
    title: 'EXT-X-SERVER-CONTROL is the same in all media playlists',
    needs: 'second rendition',
    look: (view) => {
      const first = view.latest[0];
      return others(view, (_, other) => {
        const [was, is] = [first && controlText(first), controlText(other)];
        return was === is
          ? undefined
          : inPlaylist(other, `${is}, another rendition has ${was}`, '#EXT-X-SERVER-CONTROL');
      });
    },
  },
  {
    id: '7a',
    level: 'MUST',
    title: 'PART-HOLD-BACK is there when EXT-X-PART-INF is',
    needs: 'EXT-X-PART-INF',
    look: (view) =>
      view.parsed
        .filter(({ playlist }) => playlist.partTarget !== undefined && playlist.serverControl !== undefined)
        .map((snapshot) =>
          snapshot.playlist.serverControl?.partHoldBack === undefined
            ? inPlaylist(snapshot, 'no PART-HOLD-BACK', '#EXT-X-SERVER-CONTROL')
            : undefined,
        ),
  },
  holdBackRule({ id: '7b', level: 'MUST', least: 2, title: 'PART-HOLD-BACK is at least twice PART-TARGET' }),
  holdBackRule({
    id: '7c',
    level: 'SHOULD',
    least: 3,
    title: 'PART-HOLD-BACK is at least three times PART-TARGET (Apple 14.3: must)',
  }),
  {
    id: '7d',
    level: 'SHOULD',
    title: 'PART-HOLD-BACK is at least three times the largest PART-TARGET of all renditions',
    needs: 'rendition with another PART-TARGET',
    look: (view) => {
      const targets = view.latest.map(({ playlist }) => playlist.partTarget ?? 0);
      if (new Set(targets).size < 2) return [];
      const largest = Math.max(...targets);
      return view.latest.map((snapshot) => {
        const holdBack = snapshot.playlist.serverControl?.partHoldBack ?? Number.POSITIVE_INFINITY;
        return holdBack >= 3 * largest - EPSILON
          ? undefined
          : inPlaylist(snapshot, `${holdBack} s, the largest part target is ${largest} s`, 'PART-HOLD-BACK');
      });
    },
  },
  {
    id: '7e',
    level: 'INTEROP',
    title: 'EXT-X-SERVER-CONTROL never changes (AVPlayer fails when a hold-back moves)',
    needs: 'second playlist of a rendition with EXT-X-SERVER-CONTROL',
    look: (view) => constant(view, '#EXT-X-SERVER-CONTROL', controlText),
  },
  {
    id: '8',
    level: 'MUST',
    title: 'HOLD-BACK is at least three times the target duration',
    needs: 'HOLD-BACK',
    look: (view) =>
      atLeast(view, 'HOLD-BACK', ({ serverControl, targetDuration }) => [serverControl?.holdBack, 3 * targetDuration]),
  },
  {
    id: '9a',
    level: 'MUST',
    title: 'CAN-SKIP-UNTIL is at least six times the target duration',
    needs: 'CAN-SKIP-UNTIL',
    look: (view) =>
      atLeast(view, 'CAN-SKIP-UNTIL', ({ serverControl, targetDuration }) => [
        serverControl?.canSkipUntil,
        6 * targetDuration,
      ]),
  },
  {
    id: '9b',
    level: 'MUST',
    title: 'CAN-SKIP-DATERANGES stands only beside CAN-SKIP-UNTIL',
    needs: 'CAN-SKIP-DATERANGES',
    look: (view) =>
      view.parsed
        .filter(({ playlist }) => playlist.serverControl?.canSkipDateRanges)
        .map((snapshot) =>
          snapshot.playlist.serverControl?.canSkipUntil === undefined
            ? inPlaylist(snapshot, 'no CAN-SKIP-UNTIL beside it', 'CAN-SKIP-DATERANGES')
            : undefined,
        ),
  },
  {
    id: '9c',
    level: 'SHOULD',
    title: 'A playlist of more than two minutes offers delta updates (Apple 14.4)',
    needs: 'low-latency playlist of more than two minutes',
    look: (view) =>
      view.latest
        .filter(({ playlist }) => playlist.partTarget !== undefined && lengthOf(playlist) > 120)
        .map((snapshot) =>
          snapshot.playlist.serverControl?.canSkipUntil === undefined
            ? inPlaylist(snapshot, `${secondsText(lengthOf(snapshot.playlist))} without CAN-SKIP-UNTIL`)
            : undefined,
        ),
  },
  {
    id: '9d',
    level: 'SHOULD',
    title: 'A playlist with date ranges sets CAN-SKIP-DATERANGES (Apple 14.5)',
    needs: 'date range in a playlist with delta updates',
    look: (view) =>
      view.latest
        .filter(({ playlist }) => playlist.dateRanges.length > 0 && playlist.serverControl?.canSkipUntil !== undefined)
        .map((snapshot) =>
          snapshot.playlist.serverControl?.canSkipDateRanges
            ? undefined
            : inPlaylist(snapshot, 'no CAN-SKIP-DATERANGES=YES', '#EXT-X-SERVER-CONTROL'),
        ),
  },
  {
    id: '10',
    level: 'PROFILE',
    title: 'CAN-BLOCK-RELOAD=YES',
    needs: 'media playlist',
    look: (view) =>
      each(view, (snapshot, { serverControl }) =>
        serverControl?.canBlockReload
          ? undefined
          : inPlaylist(snapshot, 'blocking reload is not offered', '#EXT-X-SERVER-CONTROL'),
      ),
  },
];

function holdBackRule({ id, level, title, least }: Pick<Rule, 'id' | 'level' | 'title'> & { least: number }): Rule {
  const look = (view: OriginView) =>
    atLeast(view, 'PART-HOLD-BACK', ({ serverControl, partTarget }) => [
      partTarget === undefined ? undefined : serverControl?.partHoldBack,
      least * (partTarget ?? 0),
    ]);
  return { id, level, title, needs: 'PART-HOLD-BACK', look };
}

function controlText(snapshot: Parsed): string | undefined {
  const attributes = attributesOf(snapshot, '#EXT-X-SERVER-CONTROL')[0];
  return (
    attributes &&
    [...attributes]
      .sort()
      .map(([name, value]) => `${name}=${value}`)
      .join(',')
  );
}

function lengthOf(playlist: MediaPlaylist): number {
  return playlist.segments.reduce((sum, segment) => sum + segment.durationSeconds, 0);
}
