import { type MediaPlaylist, type MediaSegment, mergeDeltaUpdate } from '@awaz/transcoder/hls';
import { inPlaylist, type OriginView, type Parsed, secondsText } from '../origin-view.ts';
import { compareEdges, edgeOf } from '../playlist-text.ts';
import type { Look, Rule } from '../rule.ts';
import { answersTo } from './directive-rules.ts';
import { EPSILON, unless } from './looks.ts';
import { tagsOf } from './tags.ts';

/** Rules about delta updates (checklist 44 to 47). */
export const DELTA_RULES: readonly Rule[] = [
  {
    id: '44a',
    level: 'MUST',
    title: '_HLS_skip gets a delta update when CAN-SKIP-UNTIL offers it',
    needs: 'request with _HLS_skip that had something to skip',
    look: (view) =>
      askedForDelta(view)
        .filter(({ playlist }) => !playlist.ended && playlist.serverControl?.canSkipUntil !== undefined)
        .filter((snapshot) => snapshot.playlist.skip !== undefined || skippable(snapshot.playlist) > 0)
        .map((snapshot) =>
          unless(snapshot.playlist.skip !== undefined, () => inPlaylist(snapshot, 'a full playlist came')),
        ),
  },
  {
    id: '44b',
    level: 'MUST',
    title: '_HLS_skip is ignored after EXT-X-ENDLIST, and a value that is not known always',
    needs: 'such request',
    look: (view) =>
      [...answersTo(view, 'unknown skip value'), ...answersTo(view, 'after end with skip')].map(
        ({ probe, snapshot }) => {
          const isFull = probe.exchange.status === 200 && snapshot?.playlist?.skip === undefined;
          return unless(isFull, () => ({
            detail: `the answer is ${probe.exchange.status}${snapshot?.playlist?.skip ? ' with EXT-X-SKIP' : ''}`,
            url: probe.exchange.request.url,
            at: probe.exchange.endedAt,
          }));
        },
      ),
  },
  {
    id: '45a',
    level: 'MUST',
    title: 'Only segments further from the end than the skip boundary are skipped',
    needs: 'delta update',
    look: (view) =>
      deltas(view).map((snapshot) => {
        const boundary = snapshot.playlist.serverControl?.canSkipUntil ?? Number.POSITIVE_INFINITY;
        const kept = snapshot.playlist.segments.reduce((sum, segment) => sum + segment.durationSeconds, 0);
        return unless(kept > boundary - EPSILON, () =>
          inPlaylist(
            snapshot,
            `only ${secondsText(kept)} are left, the boundary is ${secondsText(boundary)}`,
            '#EXT-X-SKIP',
          ),
        );
      }),
  },
  {
    id: '45b',
    level: 'MUST',
    title: 'A delta update has exactly one EXT-X-SKIP',
    needs: 'answer with EXT-X-SKIP',
    look: (view) =>
      view.snapshots
        .map((snapshot) => ({ snapshot, count: tagsOf(snapshot, '#EXT-X-SKIP').length }))
        .filter(({ count }) => count > 0)
        .map(({ snapshot, count }) =>
          unless(count === 1, () => inPlaylist(snapshot, `${count} of them`, '#EXT-X-SKIP')),
        ),
  },
  {
    id: '45c',
    level: 'INTEROP',
    title: 'EXT-X-SKIP is left out when nothing is skipped',
    needs: 'delta update',
    look: (view) =>
      deltas(view).map((snapshot) =>
        unless((snapshot.playlist.skip?.skippedSegments ?? 0) > 0, () =>
          inPlaylist(snapshot, 'SKIPPED-SEGMENTS=0', '#EXT-X-SKIP'),
        ),
      ),
  },
  {
    id: '46',
    level: 'MUST',
    title: '_HLS_skip=v2 gets RECENTLY-REMOVED-DATERANGES, and _HLS_skip=YES does not',
    needs: 'delta update in a playlist with CAN-SKIP-DATERANGES',
    look: (view) =>
      deltas(view)
        .filter(({ playlist }) => playlist.serverControl?.canSkipDateRanges)
        .map((snapshot) => {
          const isThere = snapshot.playlist.skip?.recentlyRemovedDateRanges !== undefined;
          return unless(isThere === (snapshot.directives.skip === 'v2'), () =>
            inPlaylist(
              snapshot,
              `for _HLS_skip=${snapshot.directives.skip} it is ${isThere ? 'there' : 'missing'}`,
              '#EXT-X-SKIP',
            ),
          );
        }),
  },
  {
    id: '47',
    level: 'MUST',
    title: 'A delta update put into an earlier playlist gives the full playlist',
    needs: 'delta update beside a full playlist of the same moment',
    look: (view) => deltas(view).flatMap((delta) => judgeMerge(view, delta)),
  },
];

function askedForDelta(view: OriginView): Parsed[] {
  return view.parsed.filter(({ directives, errand }) => directives.skip !== undefined && errand === 'delta');
}

function deltas(view: OriginView): Parsed[] {
  return view.parsed.filter(({ playlist }) => playlist.skip !== undefined);
}

/** How many segments of a full playlist lie beyond its skip boundary. */
function skippable({ segments, serverControl }: MediaPlaylist): number {
  let distance = 0;
  for (let index = segments.length - 1; index >= 0; index--) {
    if (distance > (serverControl?.canSkipUntil ?? Number.POSITIVE_INFINITY)) return index + 1;
    distance += segments[index]?.durationSeconds ?? 0;
  }
  return 0;
}

function judgeMerge(view: OriginView, delta: Parsed): Look[] {
  const own = view.full.filter(({ rendition }) => rendition === delta.rendition);
  const edge = edgeOf(delta.playlist);
  const target = own.find(
    ({ playlist }) =>
      compareEdges(edgeOf(playlist), edge) === 0 && playlist.mediaSequence === delta.playlist.mediaSequence,
  );
  const base = own.findLast(({ playlist }) => compareEdges(edgeOf(playlist), edge) < 0);
  if (target === undefined || base === undefined) return [];
  try {
    const difference = firstDifference(
      mergeDeltaUpdate(delta.playlist, base.playlist),
      target.playlist,
      delta.playlist.skip?.skippedSegments ?? 0,
    );
    return [unless(difference === undefined, () => inPlaylist(delta, difference ?? '', '#EXT-X-SKIP'))];
  } catch (error) {
    return [inPlaylist(delta, (error as Error).message, '#EXT-X-SKIP')];
  }
}

/** What differs; parts of skipped segments are not compared, for a client does not need them. */
function firstDifference(merged: MediaPlaylist, full: MediaPlaylist, skipped: number): string | undefined {
  for (const name of [
    'mediaSequence',
    'discontinuitySequence',
    'targetDuration',
    'partTarget',
    'dateRanges',
    'openSegment',
    'renditionReports',
  ] as const) {
    const [a, b] = [merged[name], full[name]].map((value) => JSON.stringify(value));
    if (a !== b) return `${name}: merged ${a}, full ${b}`.slice(0, 300);
  }
  const count = Math.max(merged.segments.length, full.segments.length);
  for (let index = 0; index < count; index++) {
    const [a, b] = [merged.segments[index], full.segments[index]].map((segment) =>
      segmentText(segment, full, index < skipped),
    );
    if (a !== b) return `segment ${full.mediaSequence + index}: merged ${a}, full ${b}`.slice(0, 300);
  }
  return undefined;
}

function segmentText(
  segment: MediaSegment | undefined,
  { map }: MediaPlaylist,
  isSkipped: boolean,
): string | undefined {
  if (segment === undefined) return undefined;
  const { uri, durationSeconds, byteRange, programDateTime, discontinuity, gap } = segment;
  // A delta update names the init section in force once more, in front of what it keeps.
  const own = segment.map?.uri === map?.uri ? undefined : segment.map;
  const parts = isSkipped ? [] : segment.parts;
  return JSON.stringify([
    uri,
    durationSeconds,
    byteRange,
    programDateTime,
    discontinuity ?? false,
    gap ?? false,
    own,
    parts,
  ]);
}
