import type { ListenerCount } from '@awaz/infra/contract';

/** A count as it was made, once for all processes. */
export type StationCount = ListenerCount & {
  station: string;
  /** When it was made, ms since 1970 on Redis's clock. */
  at: number;
  /** The broadcast on air, or the last one while its media stays; empty when there is none. */
  broadcastId: string;
};

/** Reads what the count script wrote; undefined when it is something else. */
export function parseStationCount(text: string): StationCount | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isStationCount(value) ? value : undefined;
}

function isStationCount(value: unknown): value is StationCount {
  if (typeof value !== 'object' || value === null) return false;
  const { station, at, count, peak, exact, broadcastId } = value as Record<string, unknown>;
  const names = typeof station === 'string' && typeof broadcastId === 'string';
  return names && [at, count, peak].every(Number.isSafeInteger) && typeof exact === 'boolean';
}
