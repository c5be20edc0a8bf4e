import { type ListenerCount, readListeners } from '../ui/listener-count.ts';

/** A station as the directory shows it. */
export type ListedStation = {
  slug: string;
  title: string;
  live: boolean;
  /** Start of the broadcast in ms since 1970; null off air or unknown. */
  startedAt: number | null;
  /** How many listen; null when unknown. */
  listeners: ListenerCount | null;
  /** BCP 47; null when its owner did not say. */
  language: string | null;
  tags: string[];
  /** Address of its picture, where it has one. */
  artwork: string | null;
};

/** What is asked of the list. */
export type StationListWish = {
  /** Query of the filter, with its `?`; empty for all stations. */
  query: string;
  /** How many parts of the list; each has 100 stations at most. */
  parts: number;
  signal: AbortSignal;
};

/** The public stations, as far as they were asked for. */
export type StationListAnswer = { stations: ListedStation[]; hasMore: boolean };

/** Asks the API for the public stations. Rejects when it does not answer as it should. */
export async function fetchStations({ query, parts, signal }: StationListWish): Promise<StationListAnswer> {
  const rows: unknown[] = [];
  let next: string | null = null;
  for (let part = 0; part < parts && (part === 0 || next !== null); part++) {
    const search = new URLSearchParams(query);
    if (next !== null) search.set('cursor', next);
    const response = await fetch(`/api/v1/stations${search.size === 0 ? '' : `?${search}`}`, { signal });
    if (!response.ok) throw new Error(`the list of stations was answered with status ${response.status}`);
    const body: unknown = await response.json();
    rows.push(...rowsOf(body));
    next = isRecord(body) && typeof body.next === 'string' ? body.next : null;
  }
  return { stations: readStations({ stations: rows }), hasMore: next !== null };
}

/** Reads what the API sent: what is no station is left out; on air first, then by title. */
export function readStations(body: unknown): ListedStation[] {
  const stations = rowsOf(body)
    .filter(isRecord)
    .flatMap((row) => {
      if (typeof row.slug !== 'string' || row.slug === '') return [];
      const title = typeof row.title === 'string' && row.title !== '' ? row.title : row.slug;
      const startedAt = typeof row.startedAt === 'number' ? row.startedAt : null;
      const tags = Array.isArray(row.tags) ? row.tags.filter((tag) => typeof tag === 'string') : [];
      const facts = { language: textOf(row.language), tags, artwork: textOf(row.artwork) };
      const listeners = readListeners(row.listeners);
      return [{ slug: row.slug, title, live: row.live === true, startedAt, listeners, ...facts }];
    });
  return inOrder(stations);
}

/** On air first, then by title. */
export function inOrder(stations: readonly ListedStation[]): ListedStation[] {
  return stations.toSorted((a, b) => Number(b.live) - Number(a.live) || a.title.localeCompare(b.title));
}

function rowsOf(body: unknown): unknown[] {
  return isRecord(body) && Array.isArray(body.stations) ? body.stations : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
