import { randomBytes } from 'node:crypto';
import type { ListenerCount } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { createLogger, Registry } from '@awaz/infra/runtime';
import { until } from '@awaz/infra/testkit';
import { type OriginServer, startOrigin } from '../origin/test/origin-server.ts';
import { Presence, type PresenceOptions } from '../presence/index.ts';

/** An origin with presence behind it, as one process of the API has them. */
export type PresenceNode = {
  readonly presence: Presence;
  readonly server: OriginServer;
  /** Figures of presence as the metrics page shows them. */
  figures(): Promise<string>;
  /** Waits until it shows so many listeners of a station. */
  shows(station: string, count: number, timeoutMs?: number): Promise<ListenerCount>;
  close(): Promise<void>;
};

/** Starts a node; what it has reported when it is closed is left as if it had died. */
export async function startPresenceNode(
  handle: RedisHandle,
  limits: Pick<PresenceOptions, 'maxHeldSessions' | 'maxStationSessions'> = {},
): Promise<PresenceNode> {
  const metrics = new Registry();
  const presence = new Presence({ handle, metrics, logger: createLogger('presence-test', 'silent'), ...limits });
  const server = await startOrigin(handle, { audience: presence });
  let last: ListenerCount | undefined;
  return {
    presence,
    server,
    figures: () => metrics.metrics(),
    shows: (station, count, timeoutMs = 15_000) => {
      const look = async () => {
        last = await presence.count(station);
        return last.count === count ? last : undefined;
      };
      return until(look, { timeoutMs, everyMs: 25, what: `${station} has ${count} listeners` }).catch((error) => {
        throw new Error(`${(error as Error).message}; it has ${JSON.stringify(last)}`);
      });
    },
    close: async () => {
      presence.close();
      await server.close();
    },
  };
}

/** A listener's session that nobody has used yet. */
export const someSession = (): string => `~${randomBytes(16).toString('base64url')}`;
