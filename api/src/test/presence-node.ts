import { randomBytes } from 'node:crypto';
import type { ListenerCount } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { createLogger, Registry } from '@awaz/infra/runtime';
import { until } from '@awaz/infra/testkit';
import { Admission, type AdmissionLimits } from '../admission/index.ts';
import { type OriginServer, startOrigin } from '../origin/test/origin-server.ts';
import { Presence, type PresenceOptions } from '../presence/index.ts';

/** An origin with presence behind it, as one process of the API has them. */
export type PresenceNode = {
  readonly presence: Presence;
  readonly server: OriginServer;
  readonly admission: Admission;
  /** Figures of presence as the metrics page shows them. */
  figures(): Promise<string>;
  /** Waits until it shows so many listeners of a station. */
  shows(station: string, count: number, timeoutMs?: number): Promise<ListenerCount>;
  close(): Promise<void>;
};

/** Limits of the counts, and of who is let in; everybody is when left out. */
export type PresenceNodeLimits = Pick<PresenceOptions, 'maxHeldSessions' | 'maxStationSessions'> & {
  admission?: Partial<AdmissionLimits>;
};

const WIDE: AdmissionLimits = { maxListeners: 1_000_000, maxPublishers: 1_000_000, maxUtilization: 1 };

/** Starts a node; what it has reported when it is closed is left as if it had died. */
export async function startPresenceNode(
  handle: RedisHandle,
  { admission: narrow, ...limits }: PresenceNodeLimits = {},
): Promise<PresenceNode> {
  const metrics = new Registry();
  const logger = createLogger('presence-test', 'silent');
  const presence = new Presence({ handle, metrics, logger, ...limits });
  const admission = new Admission({ limits: { ...WIDE, ...narrow }, listeners: presence, metrics, logger });
  const server = await startOrigin(handle, { audience: presence, door: admission.listeners });
  let last: ListenerCount | undefined;
  return {
    presence,
    server,
    admission,
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
      admission.close();
      await server.close();
    },
  };
}

/** A listener's session that nobody has used yet. */
export const someSession = (): string => `~${randomBytes(16).toString('base64url')}`;
