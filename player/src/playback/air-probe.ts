import type { Milliseconds } from '@awaz/infra/contract';
import { addressOf, firstVariantUri, type MediaAddress } from './media-address.ts';

/** What asking for a station's multivariant playlist told. */
export type AirReport =
  | { air: 'on'; address: MediaAddress }
  | { air: 'off'; retryAfterMs: Milliseconds | undefined }
  | { air: 'unknown_station' }
  | { air: 'unreachable' };

/** How to ask. */
export type AirProbe = {
  url: string;
  signal: AbortSignal;
  /** Broadcast known to be over: its playlists stay for a while and do not mean "on air". */
  endedBroadcastId?: string | undefined;
  /** Also ask the media playlist whether the broadcast is over; it may count as a listener, so only when in doubt. */
  checkEnd?: boolean;
};

/** Asks the origin whether the station is on air. Never rejects. */
export async function probeAir(probe: AirProbe): Promise<AirReport> {
  try {
    const response = await fetch(probe.url, { signal: probe.signal, cache: 'no-store' });
    if (response.status === 404) return await readOffAir(response);
    if (!response.ok) return { air: 'unreachable' };
    return await readOnAir(await response.text(), new URL(response.url, globalThis.location?.href), probe);
  } catch {
    return { air: 'unreachable' };
  }
}

async function readOffAir(response: Response): Promise<AirReport> {
  const problem: unknown = await response.json().catch(() => undefined);
  const code = typeof problem === 'object' && problem !== null && 'code' in problem ? problem.code : undefined;
  return code === 'unknown_station'
    ? { air: 'unknown_station' }
    : { air: 'off', retryAfterMs: retryAfter(response.headers.get('retry-after')) };
}

async function readOnAir(playlist: string, base: URL, probe: AirProbe): Promise<AirReport> {
  const uri = firstVariantUri(playlist);
  const address = uri === undefined ? undefined : addressOf(uri);
  if (uri === undefined || address === undefined) return { air: 'unreachable' };
  const over = { air: 'off', retryAfterMs: undefined } as const;
  if (address.broadcastId === probe.endedBroadcastId) return over;
  if (probe.checkEnd) {
    const media = await fetch(new URL(uri, base), { signal: probe.signal });
    if (!media.ok || /^#EXT-X-ENDLIST/m.test(await media.text())) return over;
  }
  return { air: 'on', address };
}

/** A `Retry-After` in seconds as ms; undefined when it is missing or a date. */
export function retryAfter(header: string | null): Milliseconds | undefined {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1000 : undefined;
}
