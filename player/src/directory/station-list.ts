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
};

/** Asks the API for the public stations. Rejects when it does not answer as it should. */
export async function fetchStations(signal: AbortSignal): Promise<ListedStation[]> {
  const response = await fetch('/api/v1/stations', { signal });
  if (!response.ok) throw new Error(`the list of stations was answered with status ${response.status}`);
  return readStations(await response.json());
}

/** Reads what the API sent: what is no station is left out; on air first, then by title. */
export function readStations(body: unknown): ListedStation[] {
  const rows = isRecord(body) && Array.isArray(body.stations) ? body.stations : [];
  const stations = rows.filter(isRecord).flatMap((row) => {
    if (typeof row.slug !== 'string' || row.slug === '') return [];
    const title = typeof row.title === 'string' && row.title !== '' ? row.title : row.slug;
    const startedAt = typeof row.startedAt === 'number' ? row.startedAt : null;
    return [{ slug: row.slug, title, live: row.live === true, startedAt, listeners: readListeners(row.listeners) }];
  });
  return inOrder(stations);
}

/** On air first, then by title. */
export function inOrder(stations: readonly ListedStation[]): ListedStation[] {
  return stations.toSorted((a, b) => Number(b.live) - Number(a.live) || a.title.localeCompare(b.title));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
