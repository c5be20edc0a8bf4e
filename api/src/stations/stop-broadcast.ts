import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { appendEnd } from '@awaz/infra/chunk-log';
import { AwazError, type EndReason } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';

/** What ending a broadcast needs. */
export type StopOptions = { handle: RedisHandle; registry: Pick<BroadcastRegistry, 'get'> };

/**
 * Ends the running broadcast of a station for a reason; its publisher is told. What was acknowledged is still published.
 * Returns the broadcast's id. Throws `off_air`.
 */
export async function stopBroadcast(
  { handle, registry }: StopOptions,
  slug: string,
  reason: EndReason,
): Promise<{ broadcastId: string }> {
  const live = await registry.get(slug);
  if (live?.state !== 'live') throw new AwazError('off_air', `Station "${slug}" is off air.`);
  await appendEnd(handle, live, reason);
  return { broadcastId: live.broadcastId };
}
