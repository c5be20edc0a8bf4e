import { type ListenerCount, SESSION_PATTERN, SLUG_PATTERN } from '@awaz/infra/contract';
import { PRESENCE_CHANNEL, type RedisHandle } from '@awaz/infra/redis';
import type { Logger, Registry, Service } from '@awaz/infra/runtime';
import { CountBoard, type CountListener } from './count-board.ts';
import type { SessionBudget } from './held-sessions.ts';
import { parseStationCount, type StationCount } from './listener-count.ts';
import { COUNT_EVERY_MS, ListenerLedger } from './listener-ledger.ts';
import { PresenceMetrics } from './presence-metrics.ts';
import { StationAudience } from './station-audience.ts';

/** Most sessions that one process holds, over all stations; a newcomer beyond it is not counted, and the count says so. */
export const MAX_HELD_SESSIONS = 100_000;

/** How often new sessions are written and due counts made, in ms. */
const BEAT_MS = 250;

/** Longest delay of beats that leases are made longer for, in ms. */
const MAX_DELAY_MS = 3000;

/** What is left of an observed delay with the next beat that comes in time. */
const DELAY_FADE = 0.98;

/** How old a count may be that is given out without a new one, in ms. */
const COUNT_FRESH_MS = COUNT_EVERY_MS + 2 * BEAT_MS;

/** Least time between two log lines about faults, in ms. */
const FAULT_LOG_MS = 10_000;

/** What presence needs; the caller closes the handle after it. */
export type PresenceOptions = {
  handle: RedisHandle;
  logger: Logger;
  metrics: Registry;
  /** Other limits than the usual ones. */
  maxHeldSessions?: number;
  maxStationSessions?: number;
};

/**
 * Who listens: one number for each station, the same in all processes on one Redis. It is told by the origin who fetches
 * media, counts by session over all processes, and is right again by itself after a process died. `close` may be called
 * again; what the process has reported runs out within seconds, as if it had died.
 */
export class Presence implements Service {
  readonly #logger: Logger;
  readonly #ledger: ListenerLedger;
  readonly #board: CountBoard;
  readonly #metrics: PresenceMetrics;
  readonly #subscriber;
  readonly #timer: NodeJS.Timeout;
  readonly #audiences = new Map<string, StationAudience>();
  readonly #budget: SessionBudget;
  readonly #maxHeld: number;
  #beating = false;
  #beganAt: number | undefined;
  #delayMs = 0;
  #closed = false;
  #faults = 0;
  #faultLoggedAt = Number.NEGATIVE_INFINITY;

  constructor({ handle, logger, metrics, ...limits }: PresenceOptions) {
    this.#logger = logger;
    this.#maxHeld = limits.maxHeldSessions ?? MAX_HELD_SESSIONS;
    this.#budget = { left: this.#maxHeld };
    this.#ledger = new ListenerLedger(handle, limits.maxStationSessions);
    this.#board = new CountBoard((error) => this.#fault(error));
    this.#metrics = new PresenceMetrics(metrics, { held: () => this.held, counts: () => this.#board.all() });
    this.#subscriber = handle.subscriber();
    this.#subscriber.on('message', (_channel: string, text: string) => this.#hear(text));
    this.#subscriber.subscribe(PRESENCE_CHANNEL).catch(() => undefined); // only fails when closed first
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS).unref();
  }

  /** How many sessions this process holds. */
  get held(): number {
    return this.#maxHeld - this.#budget.left;
  }

  /** How many sessions listen through this process. */
  get listening(): number {
    let sum = 0;
    for (const { listening } of this.#audiences.values()) sum += listening.size;
    return sum;
  }

  /** Whether a session listens through this process. */
  listens(station: string, session: string): boolean {
    return this.#audiences.get(station)?.listening.has(session) ?? false;
  }

  /** Whether a session listens through any process; of one that died, for some seconds more. Rejects without Redis. */
  async listensAnywhere(station: string, session: string): Promise<boolean> {
    return this.listens(station, session) || (await this.#ledger.lists(station, session));
  }

  /** Notes that a part or segment was answered; without a session it is only known that somebody is there. */
  media(station: string, session: string | undefined, broadcastId: string): void {
    const audience = this.#audiences.get(station) ?? this.#open(station);
    if (session === undefined) {
      audience.sessionless++;
      this.#metrics.sessionless++;
    } else if (audience.listening.saw(session, broadcastId, performance.now()) === undefined) this.#noRoom(audience);
  }

  /** Notes that a session reads a progressive stream, until the function that comes back is called. */
  stream(station: string, session: string, broadcastId: string): () => void {
    const audience = this.#audiences.get(station) ?? this.#open(station);
    const held = audience.listening.saw(session, broadcastId, performance.now());
    if (held === undefined) {
      this.#noRoom(audience);
      return () => undefined;
    }
    held.streams++;
    let reads = true;
    return () => {
      if (reads) held.streams--;
      if (reads) held.seenAt = performance.now();
      reads = false;
    };
  }

  /**
   * Notes a heartbeat of a page that plays, to be repeated every 5 s. It counts only while the station's number cannot be
   * known from what is fetched (`exact: false`), and then for 15 s. Names that cannot be are ignored.
   */
  seen(station: string, session: string): void {
    if (!SLUG_PATTERN.test(station) || !SESSION_PATTERN.test(session)) return;
    const audience = this.#audiences.get(station) ?? this.#open(station);
    if (audience.heartbeats.saw(session, '', performance.now()) === undefined) this.#noRoom(audience);
  }

  /** Notes that no heartbeat will follow: the page was left, or paused. */
  left(station: string, session: string): void {
    this.#audiences.get(station)?.heartbeats.forget(session);
  }

  /** How many listen, at most 1.5 s old. Rejects when it is not known and Redis does not answer. */
  async count(station: string): Promise<ListenerCount> {
    const known = this.#board.get(station, performance.now(), COUNT_FRESH_MS) ?? (await this.#count(station));
    const { count, peak, exact } = known;
    return { count, peak, exact };
  }

  /** Most listeners at the same time in a broadcast; 0 when there were none or its record is gone. */
  peak(station: string, broadcastId: string): Promise<number> {
    return this.#ledger.peak(station, broadcastId);
  }

  /** How many sessions have listened to a broadcast at all, within about 1 %; 0 when its record is gone. */
  unique(station: string, broadcastId: string): Promise<number> {
    return this.#ledger.unique(station, broadcastId);
  }

  /**
   * Calls `listener` when a station's numbers change, at most once a second and in all processes at the same time; ask
   * `count` for where they start. Returns the function that ends it.
   */
  watch(station: string, listener: CountListener): () => void {
    return this.#board.watch(station, listener);
  }

  /** Ends counting. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    this.#subscriber.disconnect();
  }

  #open(station: string): StationAudience {
    const audience = new StationAudience(this.#budget);
    this.#audiences.set(Buffer.from(station, 'latin1').toString('latin1'), audience);
    return audience;
  }

  #noRoom(audience: StationAudience): void {
    audience.sessionless++;
    this.#metrics.uncounted++;
  }

  /** Writes and counts what is due. A beat that takes long makes the next ones wait. */
  async #beat(): Promise<void> {
    if (this.#beating || this.#closed) return;
    this.#beating = true;
    const begun = performance.now();
    this.#noteDelay(begun);
    try {
      const counted = await this.#flush();
      if (counted) this.#metrics.flushed(performance.now() - begun);
    } catch (error) {
      this.#fault(error);
    } finally {
      this.#beating = false;
    }
  }

  /** How much longer than planned it takes from one beat to the next: the time of writing, and of a busy machine. */
  #noteDelay(begun: number): void {
    const late = begun - (this.#beganAt ?? begun) - BEAT_MS;
    this.#beganAt = begun;
    this.#delayMs = Math.min(Math.max(late, this.#delayMs * DELAY_FADE, 0), MAX_DELAY_MS);
  }

  async #flush(): Promise<boolean> {
    const now = performance.now();
    const due = new Set(this.#board.due(now));
    const stations = new Set([...this.#audiences.keys(), ...due]);
    if (stations.size === 0) return false;
    await this.#ledger.readClock();
    const flushes = [...stations].map((station) => this.#flushStation(station, due.has(station)));
    const flushed = await Promise.allSettled(flushes);
    for (const result of flushed) if (result.status === 'rejected') throw result.reason;
    return true;
  }

  async #flushStation(station: string, isDue: boolean): Promise<void> {
    const audience = this.#audiences.get(station);
    const hasNews = audience !== undefined && (await this.#write(station, audience));
    if ((isDue || hasNews) && this.#board.isStale(station, performance.now())) await this.#count(station);
  }

  /** Writes what is due of an audience; whether there is anybody in it who counts. */
  async #write(station: string, audience: StationAudience): Promise<boolean> {
    const inexact = this.#board.isInexact(station);
    const delayMs = this.#delayMs;
    const broadcastId = this.#board.broadcastOf(station) ?? '';
    const { entries, sessionless, done } = audience.report(performance.now(), { inexact, broadcastId, delayMs });
    if (audience.isEmpty) this.#audiences.delete(station);
    if (entries.length > 0 || sessionless > 0) {
      await this.#ledger.write(station, entries, sessionless);
      done();
      this.#metrics.wrote(entries.length);
    }
    return audience.listening.size > 0 || sessionless > 0 || inexact;
  }

  async #count(station: string): Promise<StationCount> {
    const count = await this.#ledger.count(station);
    this.#board.take(count, performance.now());
    return count;
  }

  #hear(text: string): void {
    const count = parseStationCount(text);
    if (count !== undefined) this.#board.take(count, performance.now());
  }

  #fault(error: unknown): void {
    if (this.#closed) return;
    this.#metrics.failed();
    this.#faults++;
    const now = performance.now();
    if (now - this.#faultLoggedAt < FAULT_LOG_MS) return;
    this.#logger.warn({ err: error, faults: this.#faults }, 'listeners could not be counted');
    this.#faults = 0;
    this.#faultLoggedAt = now;
  }
}
