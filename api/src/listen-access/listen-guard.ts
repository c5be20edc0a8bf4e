import type { BusMessage, ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger, Registry, Service } from '@awaz/infra/runtime';
import type { StandingSource, TokenAccounts } from '../auth/index.ts';
import { newSession } from '../origin/index.ts';
import { KnownValues } from './known-values.ts';
import { ListenGrants } from './listen-grants.ts';
import { ListenMetrics } from './listen-metrics.ts';
import type { ListenTokens } from './listen-tokens.ts';
import { type ListenerSessionLimits, ListenerSessions } from './listener-sessions.ts';

/** How long a process knows whether a station is open, and that a session may listen, in ms. */
const FRESH = { freshMs: 2000, trustMs: 3000 };

/** The same of the right that sessions were opened by; both together are how late a lost message makes the end of it. */
const GRANT_FRESH = { freshMs: 700, trustMs: 1000 };

/** How long sessions and rights that were good count while Redis does not answer, in ms. */
const STALE_MS = 60_000;

/** Most stations and rights that are remembered. */
const MAX_STATIONS = 10_000;

/** Most sessions that are remembered; others are looked up with every request. */
const MAX_SESSIONS = 100_000;

/** How often sessions that read a stream are looked at, in ms. */
const LOOK_MS = 2000;

/** What the guard needs. */
export type ListenGuardOptions = TokenAccounts & {
  handle: RedisHandle;
  bus: Pick<ControlBus, 'listen'>;
  /** `isOpen`: whether everybody may listen; a station that does not exist is open unless it was private. */
  stations: StandingSource & { isOpen(slug: string): Promise<boolean> };
  listenTokens: Pick<ListenTokens, 'use' | 'isGood'>;
  logger: Logger;
  metrics: Registry;
  limits?: ListenerSessionLimits | undefined;
};

type Held = { station: string; session: string; lost: () => void };

/**
 * Lets whoever has the right listen to private stations, as the origin asks for it. A session is opened by a token; what
 * it may is then looked up in Redis once in a while, and what was found is known meanwhile, so that public stations and
 * the next part of a private one cost nothing. A right that is taken away is gone at once by a message, and within 4 s
 * without it. `close` may be called again.
 */
export class ListenGuard implements Service {
  readonly #options: ListenGuardOptions;
  readonly #grants: ListenGrants;
  readonly #sessions: ListenerSessions;
  readonly #metrics: ListenMetrics;
  readonly #open: KnownValues<boolean>;
  readonly #goodGrants: KnownValues<boolean>;
  readonly #goodSessions: KnownValues<boolean>;
  readonly #held = new Set<Held>();
  readonly #unlisten: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ListenGuardOptions) {
    const { stations, handle, limits, bus } = options;
    this.#options = options;
    this.#grants = new ListenGrants({ ...options, standings: stations });
    this.#sessions = new ListenerSessions(handle, limits);
    this.#open = new KnownValues({
      ...{ ...FRESH, staleMs: Number.POSITIVE_INFINITY, maxEntries: MAX_STATIONS },
      look: (station) => stations.isOpen(station),
    });
    this.#goodGrants = new KnownValues({
      ...{ ...GRANT_FRESH, staleMs: STALE_MS, maxEntries: MAX_STATIONS },
      look: (key) => this.#grants.isGood(...partsOf(key)),
    });
    this.#goodSessions = new KnownValues({
      ...{ ...FRESH, staleMs: STALE_MS, maxEntries: MAX_SESSIONS, keeps: Boolean },
      look: (key) => this.#isGood(...partsOf(key)),
    });
    this.#metrics = new ListenMetrics(options.metrics, { known: () => this.#goodSessions.size });
    this.#unlisten = bus.listen((message) => this.#heard(message));
    this.#timer = setInterval(() => this.#lookAtHeld(), LOOK_MS).unref();
  }

  /** Whether everybody may listen to a station. Rejects when that is not known and Redis does not answer. */
  isOpen(station: string): boolean | Promise<boolean> {
    return this.#open.get(station);
  }

  /** Whether a session of a private station may have its sound; that it was asked about keeps it alive. */
  mayFetch(station: string, session: string): boolean | Promise<boolean> {
    return this.#goodSessions.get(`${station}/${session}`);
  }

  /** Opens a session by a token; undefined when the token gives no right. Rejects when Redis does not answer. */
  async open(station: string, by: { token: string; session: string | undefined }): Promise<string | undefined> {
    const grant = await this.#grants.of(station, by.token);
    this.#metrics.asked(grant === undefined ? 'refused' : 'opened');
    if (grant === undefined) return undefined;
    const session = by.session ?? newSession();
    await this.#sessions.open(station, session, grant);
    this.#goodSessions.set(`${station}/${session}`, true);
    return session;
  }

  /** Looks after a session that reads a stream; see the origin's `ListenAccess`. */
  hold(station: string, session: string, lost: () => void): () => void {
    const held = { station, session, lost };
    this.#held.add(held);
    return () => {
      this.#held.delete(held);
    };
  }

  /** Ends the looking after; streams go on until the origin ends them. */
  close(): void {
    clearInterval(this.#timer);
    this.#unlisten();
    this.#held.clear();
  }

  async #isGood(station: string, session: string): Promise<boolean> {
    const grant = await this.#sessions.use(station, session);
    const good = grant !== undefined && (await this.#goodGrants.get(`${station}/${grant}`));
    this.#metrics.looked(good ? 'good' : 'refused');
    return good;
  }

  #heard(message: BusMessage): void {
    if (message.type === 'station_changed' || message.type === 'station_removed') {
      const { station } = message;
      const isOfStation = (key: string) => key.startsWith(`${station}/`);
      this.#open.forget((key) => key === station);
      this.#goodGrants.forget(isOfStation);
      this.#goodSessions.forget(isOfStation);
    } else if (message.type === 'account_changed') {
      this.#goodGrants.forget();
      this.#goodSessions.forget();
    }
  }

  #lookAtHeld(): void {
    for (const held of this.#held) {
      this.#mayGoOn(held).then(
        (may) => {
          if (!may && this.#held.delete(held)) held.lost();
        },
        (error: unknown) => this.#options.logger.debug({ err: error }, 'a listener could not be looked at'),
      );
    }
  }

  async #mayGoOn({ station, session }: Held): Promise<boolean> {
    return (await this.isOpen(station)) || this.mayFetch(station, session);
  }
}

/** A key of these maps: the station, then what is looked for there. */
function partsOf(key: string): [station: string, rest: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
