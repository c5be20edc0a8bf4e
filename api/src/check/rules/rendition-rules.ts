import type { DateRange } from '@awaz/transcoder/hls';
import { inPlaylist, type OriginView, type Parsed, secondsText } from '../origin-view.ts';
import { compareEdges, edgeOf } from '../playlist-text.ts';
import type { Look, Rule } from '../rule.ts';
import { unless } from './looks.ts';
import { attributesOf } from './tags.ts';

/** Rules about renditions beside each other (checklist 49, 50, 53). */
export const RENDITION_RULES: readonly Rule[] = [
  {
    id: '49a',
    level: 'PROFILE',
    title: 'Each media playlist reports on every other media playlist, once',
    needs: 'low-latency playlist beside another',
    look: (view) =>
      liveBeside(view).map((snapshot) => {
        const reported = reportsOf(snapshot).map(({ url }) => withoutQuery(url));
        const others = view.renditions
          .filter((_, index) => index !== snapshot.rendition)
          .map(({ url }) => withoutQuery(url));
        const missing = others.filter((url) => reported.filter((candidate) => candidate === url).length !== 1);
        return unless(missing.length === 0, () =>
          inPlaylist(snapshot, `no single report on ${missing.join(', ')}`, '#EXT-X-RENDITION-REPORT'),
        );
      }),
  },
  {
    id: '49b',
    level: 'MUST',
    title: 'URIs of rendition reports are relative',
    needs: 'rendition report',
    look: (view) =>
      eachReport(view, (snapshot, { uri }) =>
        unless(!/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(uri), () => inPlaylist(snapshot, `${uri} is absolute`, uri)),
      ),
  },
  {
    id: '49c',
    level: 'MUST',
    title: 'A rendition report has LAST-MSN',
    needs: 'rendition report',
    look: (view) =>
      view.snapshots.flatMap((snapshot) =>
        attributesOf(snapshot, '#EXT-X-RENDITION-REPORT').map((report) =>
          unless(report.has('LAST-MSN'), () =>
            inPlaylist(snapshot, `only ${[...report.keys()].join(', ')}`, '#EXT-X-RENDITION-REPORT'),
          ),
        ),
      ),
  },
  {
    id: '49d',
    level: 'MUST',
    title: 'A report on a rendition with parts has LAST-PART',
    needs: 'report on a rendition with parts',
    look: (view) =>
      eachReport(view, (snapshot, { uri, lastPart }) =>
        unless(lastPart !== undefined || snapshot.playlist.partTarget === undefined, () =>
          inPlaylist(snapshot, `the report on ${uri} has none`, uri),
        ),
      ),
  },
  {
    id: '49e',
    level: 'INTEROP',
    title: 'A report is within one part of the truth, and never ahead of it',
    needs: 'report that could be compared',
    look: judgeReports,
  },
  {
    id: '50',
    level: 'PROFILE',
    title: 'All renditions are updated within one part target',
    needs: 'update that was seen in several renditions',
    look: togetherness,
  },
  {
    id: '53a',
    level: 'MUST',
    title: 'All media playlists with date ranges have the same ones',
    needs: 'date range in several renditions',
    look: (view) => {
      const having = view.latest.filter(({ playlist }) => playlist.dateRanges.length > 0);
      const [first, ...rest] = having;
      // Playlists were loaded at different times; only those of the same moment can be compared.
      return rest.flatMap((other) => {
        if (first === undefined || compareEdges(edgeOf(first.playlist), edgeOf(other.playlist)) !== 0) return [];
        const [a, b] = [first, other].map(({ playlist }) => JSON.stringify(playlist.dateRanges));
        return [unless(a === b, () => inPlaylist(other, 'not those of another rendition', '#EXT-X-DATERANGE'))];
      });
    },
  },
  {
    id: '53b',
    level: 'MUST',
    title: 'The ID of a date range is not used again: what was said of it stays',
    needs: 'date range in two playlists',
    look: (view) => view.steps.flatMap(([before, after]) => changedRanges(before, after)),
  },
  {
    id: '53c',
    level: 'MUST',
    title: 'A date range is not removed while a segment of its time is listed',
    needs: 'removed date range',
    look: (view) => view.steps.flatMap(([before, after]) => removedRanges(before, after)),
  },
];

type Report = { uri: string; url: string; lastMsn: number; lastPart: number | undefined };

const withoutQuery = (url: string) => url.split('?', 1)[0] ?? '';

function reportsOf({ playlist, exchange }: Parsed): Report[] {
  return playlist.renditionReports.map(({ uri, lastMsn, lastPart }) => ({
    uri,
    url: new URL(uri, exchange.request.url).href,
    lastMsn,
    lastPart,
  }));
}

function liveBeside(view: OriginView): Parsed[] {
  const lives = view.parsed.filter(({ playlist }) => playlist.partTarget !== undefined && !playlist.ended);
  return view.renditions.length < 2 ? [] : lives;
}

function eachReport(view: OriginView, look: (snapshot: Parsed, report: Report) => Look): Look[] {
  return view.parsed.flatMap((snapshot) => reportsOf(snapshot).map((report) => look(snapshot, report)));
}

/** Time in which an answer may be overtaken by another on its way, in ms. */
const OVERTAKING_MS = 50;

function judgeReports(view: OriginView): Look[] {
  return view.followed.flat().flatMap((snapshot) => {
    if (snapshot.playlist.ended) return [];
    return reportsOf(snapshot).flatMap((report) => judgeReport(view, snapshot, report));
  });
}

function judgeReport(view: OriginView, snapshot: Parsed, report: Report): Look[] {
  const rendition = view.renditions.findIndex(({ url }) => withoutQuery(url) === withoutQuery(report.url));
  const others = view.followed[rendition] ?? [];
  const said = { lastMsn: report.lastMsn - 1, openParts: (report.lastPart ?? 0) + 1 };
  const at = snapshot.exchange.endedAt;
  // What came before this answer was true when it was made; what was asked for after it is at least as new.
  const before = others.findLast(({ exchange }) => exchange.endedAt < at - OVERTAKING_MS)?.playlist;
  const after = others.find(
    ({ exchange }) => exchange.sentAt > at + OVERTAKING_MS || exchange.endedAt > at + OVERTAKING_MS,
  )?.playlist;
  if (before === undefined || after === undefined || before.ended || after.ended) return [];
  if (
    compareEdges(said, edgeOf(after)) > 0 &&
    !isSamePlace(said, edgeOf(after), after.segments.at(-1)?.parts.length ?? 0)
  ) {
    return [
      inPlaylist(
        snapshot,
        `it says ${report.lastMsn}.${report.lastPart} of ${report.uri}, which got there only later`,
        report.uri,
      ),
    ];
  }
  return [
    unless(partsBehind(said, before) <= 1, () =>
      inPlaylist(
        snapshot,
        `it says ${report.lastMsn}.${report.lastPart} of ${report.uri}, which was further already`,
        report.uri,
      ),
    ),
  ];
}

type Place = { lastMsn: number; openParts: number };

/** The last part of a complete segment is the same place as no part of the next. */
function isSamePlace(said: Place, edge: Place, partsOfLast: number): boolean {
  return said.lastMsn === edge.lastMsn - 1 && said.openParts === partsOfLast && edge.openParts === 0;
}

/** How many parts a report is behind a playlist; rough beyond one segment. */
function partsBehind(said: Place, playlist: Parsed['playlist']): number {
  const edge = edgeOf(playlist);
  const perSegment = Math.max(1, playlist.segments.at(-1)?.parts.length ?? 1);
  return (edge.lastMsn - said.lastMsn) * perSegment + edge.openParts - said.openParts;
}

function togetherness(view: OriginView): Look[] {
  const seen = new Map<string, Parsed[]>();
  for (const list of view.followed) {
    const own = new Set<string>();
    // When the first of each list was published is not known.
    for (const snapshot of list.slice(1)) {
      const { lastMsn, openParts } = edgeOf(snapshot.playlist);
      const key = `${lastMsn}.${openParts}`;
      if (own.has(key)) continue;
      own.add(key);
      seen.set(key, [...(seen.get(key) ?? []), snapshot]);
    }
  }
  return [...seen.values()].flatMap((snapshots) => {
    const [first, ...later] = snapshots.toSorted((a, b) => a.exchange.endedAt - b.exchange.endedAt);
    const last = later.at(-1);
    if (first === undefined || last === undefined) return [];
    const limit = (first.playlist.partTarget ?? first.playlist.targetDuration) * 1000 + 100;
    const apart = last.exchange.endedAt - first.exchange.endedAt;
    return [
      unless(apart <= limit, () =>
        inPlaylist(last, `${secondsText(apart / 1000)} after rendition ${view.renditions[first.rendition]?.name}`),
      ),
    ];
  });
}

function changedRanges(before: Parsed, after: Parsed): Look[] {
  const was = new Map(before.playlist.dateRanges.map((range) => [range.id, range]));
  return after.playlist.dateRanges.flatMap((range) => {
    const known = was.get(range.id);
    if (known === undefined) return [];
    const kept = Object.entries(known).every(
      ([name, value]) => JSON.stringify(range[name as keyof DateRange]) === JSON.stringify(value),
    );
    return [unless(kept, () => inPlaylist(after, `${range.id} says something else than before`, `ID="${range.id}"`))];
  });
}

function removedRanges(before: Parsed, after: Parsed): Look[] {
  const left = new Set(after.playlist.dateRanges.map(({ id }) => id));
  const begin = after.playlist.segments[0]?.programDateTime;
  return before.playlist.dateRanges
    .filter(({ id }) => !left.has(id))
    .map((range) => {
      const end =
        range.endDate ?? range.startDate + 1000 * (range.durationSeconds ?? range.plannedDurationSeconds ?? 0);
      return unless(begin === undefined || end <= begin, () =>
        inPlaylist(after, `${range.id} is gone, but segments from ${new Date(begin ?? 0).toISOString()} are listed`),
      );
    });
}
