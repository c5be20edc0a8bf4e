import type { MediaErrand, MediaFetch } from '../observations.ts';
import { inAnswer, inPlaylist, isWhole, listedOf, type OriginView, type Parsed, secondsText } from '../origin-view.ts';
import type { Look, Rule } from '../rule.ts';
import { EPSILON, unless } from './looks.ts';

/** Rules about what leaves a sliding playlist (checklist 24, 25). */
export const REMOVAL_RULES: readonly Rule[] = [
  {
    id: '24a',
    level: 'SHOULD',
    title: 'EXT-X-PART tags are removed once they are more than three target durations from the end',
    needs: 'part',
    look: (view) => view.full.filter(({ playlist }) => playlist.partTarget !== undefined).map(oldParts),
  },
  {
    id: '24b',
    level: 'MUST',
    title: 'Parts can be loaded for three target durations after their tags were removed',
    needs: 'removed part',
    look: (view) => removed(view, 'part', ['removed', 'removed long ago']),
  },
  {
    id: '24c',
    level: 'MUST',
    title: 'Parts are removed in order',
    needs: 'playlist with parts',
    look: (view) =>
      view.full.flatMap((snapshot) => {
        const listed = listedOf(snapshot.playlist);
        const first = listed.findIndex(({ parent }) => parent.parts.length > 0);
        if (first < 0) return [];
        const hole = listed.slice(first).find(({ segment }) => segment?.parts.length === 0);
        return [
          unless(hole === undefined, () =>
            inPlaylist(snapshot, `segment ${hole?.msn} has no parts, one before it has`, hole?.segment?.uri),
          ),
        ];
      }),
  },
  {
    id: '25a',
    level: 'MUST',
    title: 'A live playlist is never shorter than three target durations',
    needs: 'live playlist after a removed segment',
    look: (view) =>
      view.full
        .filter(({ playlist }) => !playlist.ended && playlist.mediaSequence > 0)
        .map((snapshot) => {
          const { segments, targetDuration } = snapshot.playlist;
          const seconds = segments.reduce((sum, segment) => sum + segment.durationSeconds, 0);
          return unless(seconds >= 3 * targetDuration - EPSILON, () =>
            inPlaylist(snapshot, `${secondsText(seconds)}, the target duration is ${targetDuration} s`),
          );
        }),
  },
  {
    id: '25b',
    level: 'MUST',
    title: 'Segments can be loaded for their own duration after their removal',
    needs: 'removed segment',
    look: (view) => removed(view, 'segment', ['removed']),
  },
  {
    id: '25c',
    level: 'SHOULD',
    title: 'A live playlist lists at least six segments (Apple 8.11)',
    needs: 'live playlist after a removed segment',
    look: (view) =>
      view.full
        .filter(({ playlist }) => !playlist.ended && playlist.mediaSequence > 0)
        .map((snapshot) =>
          unless(snapshot.playlist.segments.length >= 6, () =>
            inPlaylist(snapshot, `${snapshot.playlist.segments.length} segments`),
          ),
        ),
  },
];

function oldParts(snapshot: Parsed): Look {
  const { playlist } = snapshot;
  let fromEnd = playlist.openSegment?.parts.reduce((sum, part) => sum + part.durationSeconds, 0) ?? 0;
  for (const segment of playlist.segments.toReversed()) {
    // A segment's parts may go together: what counts is the last of them.
    const limit = 3 * playlist.targetDuration + segment.durationSeconds + EPSILON;
    fromEnd += segment.durationSeconds;
    if (segment.parts.length > 0 && fromEnd > limit) {
      return inPlaylist(
        snapshot,
        `${segment.uri} begins ${secondsText(fromEnd)} from the end and still has parts`,
        segment.uri,
      );
    }
  }
  return undefined;
}

function removed(view: OriginView, kind: MediaFetch['kind'], errands: readonly MediaErrand[]): Look[] {
  return view.media
    .filter((fetch) => fetch.kind === kind && errands.includes(fetch.errand))
    .map((fetch) =>
      unless(isWhole(fetch), () =>
        inAnswer(fetch.exchange, `${fetch.exchange.failure ?? fetch.exchange.status} after its removal`),
      ),
    );
}
