import type { MediaFetch } from '../observations.ts';
import {
  type FragmentFetch,
  inAnswer,
  isWhole,
  listedOf,
  type OriginView,
  partsOf,
  secondsText,
} from '../origin-view.ts';
import type { Look, Rule } from '../rule.ts';
import { unless } from './looks.ts';

/** Rules about the bytes of media (checklist 21, 29, 51). */
export const MEDIA_RULES: readonly Rule[] = [
  {
    id: '21a',
    level: 'MUST',
    title: 'The parts of a segment are the segment: the same bytes, or the same samples',
    needs: 'segment that was loaded with all its parts',
    look: (view) =>
      segmentsWithParts(view).map(({ segment, parts }) =>
        unless(isSameMedia(view, segment, parts), () => differs(segment, parts)),
      ),
  },
  {
    id: '21b',
    level: 'MUST',
    title: 'The durations of the parts add up to EXTINF',
    needs: 'segment with parts',
    look: (view) =>
      view.full.flatMap((snapshot) =>
        listedOf(snapshot.playlist).flatMap(({ segment }) => {
          if (segment === undefined || segment.parts.length === 0) return [];
          const sum = segment.parts.reduce((total, part) => total + part.durationSeconds, 0);
          // Each printed duration may be rounded to ms.
          const tolerance = 0.0005 * (segment.parts.length + 1) + 1e-6;
          return [
            unless(Math.abs(sum - segment.durationSeconds) <= tolerance, () => ({
              detail: `${segment.uri}: its parts have ${secondsText(sum)}, EXTINF is ${secondsText(segment.durationSeconds)}`,
              url: snapshot.exchange.request.url,
              at: snapshot.exchange.endedAt,
            })),
          ];
        }),
      ),
  },
  {
    id: '21c',
    level: 'MUST',
    title: 'The samples of a part or segment last as long as the playlist says',
    needs: 'fragment',
    look: (view) =>
      view.fragments.flatMap((fragment) => {
        const { durationSeconds, exchange } = fragment.fetch;
        const seconds = durationOf(view, fragment);
        if (durationSeconds === undefined || seconds === undefined) return [];
        return [
          unless(Math.abs(seconds - durationSeconds) <= 0.002, () =>
            inAnswer(
              exchange,
              `its samples last ${secondsText(seconds)}, the playlist says ${secondsText(durationSeconds)}`,
            ),
          ),
        ];
      }),
  },
  {
    id: '29a',
    level: 'MUST',
    title: 'Decode times go on without a gap: tfdt of a fragment is tfdt and duration of the one before (Apple 7.3)',
    needs: 'pair of consecutive fragments',
    look: continuity,
  },
  {
    id: '29b',
    level: 'MUST',
    title: 'Each part holds complete fragments: moof and mdat with all samples',
    needs: 'fragment',
    look: (view) => [
      ...view.brokenMedia.map(({ fetch, message }) => inAnswer(fetch.exchange, message)),
      ...view.fragments.map(({ fetch, facts }) =>
        unless(facts.fragments > 0, () => inAnswer(fetch.exchange, 'there is no moof in it')),
      ),
    ],
  },
  {
    id: '29c',
    level: 'MUST',
    title: 'EXT-X-MAP changes only where EXT-X-DISCONTINUITY stands',
    needs: 'playlist with several init sections',
    look: (view) =>
      view.full.flatMap((snapshot) =>
        listedOf(snapshot.playlist).flatMap(({ msn, parent }) => {
          if (parent.map === undefined || parent.map.uri === snapshot.playlist.map?.uri) return [];
          return [
            unless(parent.discontinuity === true, () => ({
              detail: `segment ${msn} has another init section and no EXT-X-DISCONTINUITY`,
              url: snapshot.exchange.request.url,
              at: snapshot.exchange.endedAt,
            })),
          ];
        }),
      ),
  },
  {
    id: '51c',
    level: 'MUST',
    title: 'All renditions are cut at the same instants: same number, same decode time',
    needs: 'fragment loaded in two renditions',
    look: alignment,
  },
];

type WholeSegment = { segment: MediaFetch; parts: readonly MediaFetch[] };

const placeOf = ({ rendition, msn, index }: MediaFetch) => `${rendition}/${msn}/${index ?? ''}`;

/** Fetches of listed media by their place, the first of each. */
function byPlace(view: OriginView): Map<string, MediaFetch> {
  const found = new Map<string, MediaFetch>();
  for (const fetch of view.media) {
    const isPlaced = fetch.kind !== 'init' && isWhole(fetch) && fetch.errand === 'listed';
    if (isPlaced && !found.has(placeOf(fetch))) found.set(placeOf(fetch), fetch);
  }
  return found;
}

function segmentsWithParts(view: OriginView): WholeSegment[] {
  const fetched = byPlace(view);
  const counts = new Map<string, number>();
  for (const snapshot of view.full) {
    for (const { msn, isLast, index } of partsOf(snapshot.playlist)) {
      if (isLast) counts.set(`${snapshot.rendition}/${msn}/`, index + 1);
    }
  }
  return [...fetched.values()].flatMap((segment) => {
    const count = segment.kind === 'segment' ? (counts.get(placeOf(segment)) ?? 0) : 0;
    const parts = Array.from({ length: count }, (_, index) =>
      fetched.get(`${segment.rendition}/${segment.msn}/${index}`),
    );
    const isComplete = count > 0 && parts.every((part) => part !== undefined);
    return isComplete ? [{ segment, parts: parts as MediaFetch[] }] : [];
  });
}

function isSameMedia(view: OriginView, segment: MediaFetch, parts: readonly MediaFetch[]): boolean {
  const joined = Buffer.concat(parts.map((part) => part.exchange.body));
  if (joined.equals(segment.exchange.body)) return true;
  const whole = view.fragments.find(({ fetch }) => fetch === segment);
  const pieces = parts.map((part) => view.fragments.find(({ fetch }) => fetch === part));
  if (whole === undefined || pieces.some((piece) => piece === undefined)) return false;
  return samplesOf([whole]).equals(samplesOf(pieces as FragmentFetch[]));
}

/** Sizes and bytes of all samples, without the boxes around them. */
function samplesOf(fragments: readonly FragmentFetch[]): Buffer {
  const sizes = fragments.flatMap(({ facts }) => facts.runs.flatMap((run) => run.sampleSizes)).join();
  return Buffer.concat([Buffer.from(sizes), ...fragments.flatMap(({ facts }) => facts.payloads)]);
}

function differs(segment: MediaFetch, parts: readonly MediaFetch[]) {
  const bytes = parts.reduce((sum, part) => sum + part.exchange.body.length, 0);
  const joined = Buffer.concat(parts.map((part) => part.exchange.body));
  const at = joined.findIndex((byte, index) => byte !== segment.exchange.body[index]);
  return inAnswer(
    segment.exchange,
    `${segment.exchange.body.length} bytes, its ${parts.length} parts ${bytes}; they differ from byte ${at < 0 ? bytes : at} on`,
  );
}

/** Seconds of the first track's samples; undefined without a timescale. */
function durationOf(view: OriginView, { fetch, facts }: FragmentFetch): number | undefined {
  const track = view.tracks[fetch.rendition]?.[0];
  if (track === undefined || track.timescale === 0) return undefined;
  const ticks = facts.runs.filter((run) => run.trackId === track.id).reduce((sum, run) => sum + run.duration, 0);
  return ticks / track.timescale;
}

type Placed = FragmentFetch & { msn: number; index: number };

/** Fragments of a rendition in order; segments only where their parts were not loaded. */
function inOrder(view: OriginView, rendition: number): Placed[] {
  const placed = view.fragments.flatMap((fragment): Placed[] => {
    const { fetch } = fragment;
    const isOwn = fetch.rendition === rendition && fetch.errand === 'listed' && fetch.msn !== undefined;
    return isOwn ? [{ ...fragment, msn: fetch.msn ?? 0, index: fetch.index ?? 0 }] : [];
  });
  const withParts = new Set(placed.filter(({ fetch }) => fetch.kind === 'part').map(({ msn }) => msn));
  return placed
    .filter(({ fetch, msn }) => fetch.kind === 'part' || !withParts.has(msn))
    .sort((a, b) => a.msn - b.msn || a.index - b.index);
}

function continuity(view: OriginView): Look[] {
  const cuts = discontinuities(view);
  return view.renditions.flatMap((_, rendition) => {
    const track = view.tracks[rendition]?.[0];
    const counts = partCounts(view, rendition);
    const list = inOrder(view, rendition);
    return list.slice(1).flatMap((after, place) => {
      const before = list[place];
      if (before === undefined || track === undefined || !areNeighbours(before, after, counts)) return [];
      if (after.index === 0 && cuts.has(after.msn)) return [];
      const [first, last] = [
        after.facts.runs.find((run) => run.trackId === track.id),
        before.facts.runs.findLast((run) => run.trackId === track.id),
      ];
      if (first === undefined || last === undefined) return [];
      const off = first.baseTime - last.baseTime - last.duration;
      return [
        unless(off === 0, () =>
          inAnswer(
            after.fetch.exchange,
            `it begins at ${first.baseTime}, ${off} ticks off the end of the fragment before`,
          ),
        ),
      ];
    });
  });
}

function discontinuities(view: OriginView): ReadonlySet<number> {
  const marked = view.full.flatMap(({ playlist }) => listedOf(playlist).filter(({ parent }) => parent.discontinuity));
  return new Set(marked.map(({ msn }) => msn));
}

/** How many parts each complete segment of a rendition has. */
function partCounts(view: OriginView, rendition: number): ReadonlyMap<number, number> {
  const lists = view.full
    .filter((snapshot) => snapshot.rendition === rendition)
    .map(({ playlist }) => partsOf(playlist));
  return new Map(lists.flat().flatMap(({ msn, index, isLast }) => (isLast ? [[msn, index + 1] as const] : [])));
}

function areNeighbours(a: Placed, b: Placed, counts: ReadonlyMap<number, number>): boolean {
  if (a.fetch.kind === 'part' && a.msn === b.msn) return b.index === a.index + 1;
  if (b.msn !== a.msn + 1 || b.index !== 0) return false;
  return a.fetch.kind === 'segment' || counts.get(a.msn) === a.index + 1;
}

function alignment(view: OriginView): Look[] {
  const times = new Map<string, number>();
  return view.fragments.flatMap(({ fetch, facts }) => {
    const track = view.tracks[fetch.rendition]?.[0];
    const run = facts.runs.find(({ trackId }) => trackId === track?.id);
    if (track === undefined || run === undefined || fetch.msn === undefined || fetch.errand !== 'listed') return [];
    const place = `${track.handler}/${fetch.msn}/${fetch.index ?? ''}`;
    const seconds = run.baseTime / track.timescale;
    const twin = times.get(place);
    if (twin === undefined) {
      times.set(place, seconds);
      return [];
    }
    return [
      unless(Math.abs(twin - seconds) < 0.001, () =>
        inAnswer(fetch.exchange, `it begins at ${secondsText(seconds)}, in another rendition at ${secondsText(twin)}`),
      ),
    ];
  });
}
