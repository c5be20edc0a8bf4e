import { type ListenerCount, readListeners } from '../ui/listener-count.ts';

/** What the page knows of its station beside the sound. */
export type StationData = {
  title: string;
  live: boolean;
  /** Start of the broadcast in ms since 1970; null off air or unknown. */
  startedAt: number | null;
  /** How many listen; null when unknown. */
  listeners: ListenerCount | null;
  /** Title of the show, where there is one. */
  show: string | null;
  host: string | null;
  /** Address of its picture, where it has one. */
  artwork: string | null;
  /** What its owner says about it. */
  description: string | null;
};

/** What a station's data request ended in: the page plays without them too. */
export type StationAnswer = { data: StationData } | 'unknown' | 'unavailable';

/** How to ask for a station. */
export type StationQuestion = {
  signal: AbortSignal;
  /** What opens a private station: a listen token, or the access token of whoever is signed in. */
  token?: string | undefined;
};

/** Asks the API for a station. Never rejects. */
export async function fetchStation(station: string, { signal, token }: StationQuestion): Promise<StationAnswer> {
  try {
    const query = token === undefined ? '' : `?token=${encodeURIComponent(token)}`;
    const response = await fetch(`/api/v1/stations/${encodeURIComponent(station)}${query}`, { signal });
    if (response.status === 404) return 'unknown';
    if (!response.ok) return 'unavailable';
    return { data: readStation(await response.json(), station) };
  } catch {
    return 'unavailable';
  }
}

/** Reads what the API sent, field by field: a field that is missing or odd costs only itself. */
export function readStation(body: unknown, station: string): StationData {
  const fields = isRecord(body) ? body : {};
  const started = fields.startedAt;
  const startedAt = typeof started === 'string' ? Date.parse(started) : started;
  return {
    title: textOf(fields.title) ?? station,
    live: fields.live === true,
    startedAt: typeof startedAt === 'number' && Number.isFinite(startedAt) ? startedAt : null,
    listeners: readListeners(fields.listeners),
    show: textOf(fields.show),
    host: textOf(fields.host),
    artwork: textOf(fields.artwork),
    description: textOf(fields.description),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}
