import { type LiveRecord, MEDIA_AFTER_END_MS } from '@awaz/infra/broadcasts';
import { AwazError } from '@awaz/infra/contract';
import { PartLogReader } from '@awaz/infra/part-log';
import { type BroadcastPlace, BroadcastTail, type TailContext } from './broadcast-tail.ts';
import type { LiveDirectory } from './live-directory.ts';
import { HeldCount, type WaitOutcome } from './waiter-list.ts';

/** Most broadcasts that one process follows; the idlest makes room, otherwise the newcomer gets `overloaded`. */
export const MAX_TAILED_BROADCASTS = 200;

/** How long a broadcast is followed after the last request for it, in ms. */
export const IDLE_MS = 60_000;

/** How long nobody may have asked for a broadcast that makes room for another one, in ms. */
const IDLE_ENOUGH_MS = 10_000;

/** How long a log may be silent before the registry is asked whether the broadcast is still there, in ms. */
const SILENT_MS = 10_000;

/** How often waits and idle broadcasts are looked at, in ms. */
const SWEEP_MS = 250;

/** How long a broadcast that was not found counts as missing, in ms. */
const MISSING_FRESH_MS = 2000;

/** Most broadcasts that are remembered as missing; the one that was remembered first is forgotten beyond it. */
const MAX_MISSING = 10_000;

/** What the collection needs. */
export type TailedBroadcastsOptions = Omit<TailContext, 'held'> & {
  directory: LiveDirectory;
  maxTailed?: number;
  maxWaiters?: number;
  idleMs?: number;
  mediaAfterEndMs?: number;
};

/** The broadcasts that somebody listens to through this process. `close` ends them all and may be called again. */
export class TailedBroadcasts {
  /** Requests held at the moment, over all broadcasts. */
  readonly held: HeldCount;
  readonly #options: TailedBroadcastsOptions;
  readonly #tails = new Map<string, BroadcastTail>();
  readonly #missing = new Map<string, number>();
  readonly #mediaAfterEndMs: number;
  readonly #sweeper: NodeJS.Timeout;

  constructor(options: TailedBroadcastsOptions) {
    this.#options = options;
    this.held = new HeldCount(options.maxWaiters);
    this.#mediaAfterEndMs = options.mediaAfterEndMs ?? MEDIA_AFTER_END_MS;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** How many broadcasts are followed. */
  get size(): number {
    return this.#tails.size;
  }

  /** Bytes of media in memory. */
  get bytes(): number {
    let sum = 0;
    for (const tail of this.#tails.values()) sum += tail.window?.bytes ?? 0;
    return sum;
  }

  /** A broadcast that is followed and loaded already. */
  find({ station, broadcastId }: BroadcastPlace): BroadcastTail | undefined {
    const tail = this.#tails.get(`${station}/${broadcastId}`);
    if (tail === undefined || !tail.isLoaded) return undefined;
    tail.lastRequestAt = performance.now();
    return tail;
  }

  /**
   * A broadcast, loaded; following it begins with the first request, which others share. Undefined when it is not, or no
   * longer, on air. Rejects with `overloaded`, or when Redis does not answer.
   */
  async open(place: BroadcastPlace): Promise<BroadcastTail | undefined> {
    const key = `${place.station}/${place.broadcastId}`;
    let tail = this.#tails.get(key);
    if (tail === undefined) {
      const { record } = await this.#options.directory.get(place.station);
      const isCurrent = record?.broadcastId === place.broadcastId;
      if (this.isOver(record) || !(isCurrent || (await this.#isStillThere(key, place)))) return undefined;
      tail = this.#tails.get(key) ?? this.#follow(key, place, isCurrent ? record.endedAt : undefined);
    }
    tail.lastRequestAt = performance.now();
    try {
      await tail.loaded;
    } catch (error) {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
      throw error;
    }
    return tail;
  }

  /** Whether a record's media is gone, or there is no record. */
  isOver(record: LiveRecord | undefined): boolean {
    return (
      record === undefined || (record.endedAt !== undefined && Date.now() > record.endedAt + this.#mediaAfterEndMs)
    );
  }

  /** Ends all, settles what waits and closes the connections. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    await Promise.all([...this.#tails.keys()].map((key) => this.#drop(key, 'closing')));
  }

  /** The broadcast before the current one: its media stays for a while too. */
  async #isStillThere(key: string, place: BroadcastPlace): Promise<boolean> {
    const missedAt = this.#missing.get(key);
    if (missedAt !== undefined && performance.now() - missedAt < MISSING_FRESH_MS) return false;
    const head = await new PartLogReader(this.#options.handle, place).readMeta();
    if (head !== undefined) return true;
    this.#missing.delete(key);
    this.#missing.set(key, performance.now());
    const oldest = this.#missing.size > MAX_MISSING ? this.#missing.keys().next().value : undefined;
    if (oldest !== undefined) this.#missing.delete(oldest);
    return false;
  }

  #follow(key: string, place: BroadcastPlace, endedAt: number | undefined): BroadcastTail {
    if (this.#tails.size >= (this.#options.maxTailed ?? MAX_TAILED_BROADCASTS)) this.#makeRoom();
    const tail = new BroadcastTail(place, { ...this.#options, held: this.held }, endedAt);
    this.#tails.set(key, tail);
    return tail;
  }

  #makeRoom(): void {
    const now = performance.now();
    let idlest: [string, BroadcastTail] | undefined;
    for (const entry of this.#tails) {
      if (idlest === undefined || entry[1].lastRequestAt < idlest[1].lastRequestAt) idlest = entry;
    }
    if (idlest === undefined || now - idlest[1].lastRequestAt < IDLE_ENOUGH_MS || idlest[1].inUse) {
      throw new AwazError('overloaded', 'This server follows as many broadcasts as it can.', { retryAfterMs: 5000 });
    }
    this.#dropInBackground(idlest[0], 'gone');
  }

  #sweep(): void {
    const now = performance.now();
    for (const [key, tail] of this.#tails) {
      tail.waiters.expire(now);
      const idleMs = this.#options.idleMs ?? IDLE_MS;
      if (!tail.inUse && now - tail.lastRequestAt > idleMs) this.#dropInBackground(key, 'gone');
      else if (tail.endedAt !== undefined) this.#dropWhenOver(key, tail.endedAt);
      else if (tail.isLoaded && now - tail.lastEventAt > SILENT_MS) this.#dropWhenReplaced(key, tail);
    }
  }

  #dropWhenOver(key: string, endedAt: number): void {
    if (Date.now() > endedAt + this.#mediaAfterEndMs) this.#dropInBackground(key, 'gone');
  }

  /** A log may vanish without an end when nobody is left to write one. */
  #dropWhenReplaced(key: string, tail: BroadcastTail): void {
    this.#options.directory
      .get(tail.place.station)
      .then(({ record }) => {
        const replaced = record?.broadcastId !== tail.place.broadcastId || this.isOver(record);
        if (replaced && this.#tails.get(key) === tail) this.#dropInBackground(key, 'gone');
      })
      .catch(() => undefined); // Redis is away: what is in memory is the best there is.
  }

  #dropInBackground(key: string, outcome: WaitOutcome): void {
    this.#drop(key, outcome).catch((error: unknown) =>
      this.#options.logger.error({ err: error }, 'a tail did not close'),
    );
  }

  async #drop(key: string, outcome: WaitOutcome): Promise<void> {
    const tail = this.#tails.get(key);
    this.#tails.delete(key);
    await tail?.close(outcome);
  }
}
