import { AwazError, SLUG_PATTERN } from '@awaz/infra/contract';
import { LIKES_CHANNEL, type RedisHandle } from '@awaz/infra/redis';
import { Counter, Gauge, type Logger, type Registry, type Service } from '@awaz/infra/runtime';
import { heardMediaTime } from '../chat/index.ts';
import { LikeAllowances } from './like-allowances.ts';
import { LikeLedger, type LikeSpan, type LikeTotal } from './like-ledger.ts';
import { type LikeListener, StationLikes } from './station-likes.ts';

/** Least time between two writes of one process, in ms; what a process that is killed loses at most. */
export const WRITE_EVERY_MS = 1000;

/** Longest wait for the last likes to be written at the end, in ms. */
const LAST_WRITE_MS = 2000;

/** What likes need; the caller closes the handle after them. */
export type LikesOptions = { handle: RedisHandle; logger: Logger; metrics: Registry };

/** Somebody who likes. */
export type Liker = {
  /** Account or guest id. */
  id: string;
  /** The network they come from. */
  network: string;
};

/**
 * Likes of broadcasts: collected in each process, written once a second in one command for each station, one number on all
 * processes. `close` writes what waits; it may be called again.
 */
export class Likes implements Service {
  readonly #ledger: LikeLedger;
  readonly #logger: Logger;
  readonly #allowances = new LikeAllowances();
  readonly #stations = new Map<string, StationLikes>();
  readonly #subscriber;
  readonly #timer: NodeJS.Timeout;
  readonly #counted: Counter;
  readonly #failures: Counter;
  #writing: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor({ handle, logger, metrics }: LikesOptions) {
    this.#ledger = new LikeLedger(handle);
    this.#logger = logger;
    const registers = [metrics];
    this.#counted = new Counter({ name: 'awaz_likes_total', help: 'Likes that were taken', registers });
    const help = 'Writes of likes that failed and are tried again';
    this.#failures = new Counter({ name: 'awaz_like_write_failures_total', help, registers });
    gaugeOfStations(registers, () => this.#stations);
    this.#subscriber = handle.subscriber();
    this.#subscriber.on('message', (_channel: string, text: string) => this.#hear(text));
    this.#subscriber.subscribe(LIKES_CHANNEL).catch(() => undefined); // only fails when closed first
    this.#timer = setInterval(() => void this.#beat(), WRITE_EVERY_MS).unref();
  }

  /**
   * Counts a like for the broadcast on air, and for what the person hears (`mediaTime`, ms since 1970) where that can be.
   * Whether they may see the station is the caller's business. Answers with how many there are. Throws `rate_limited` or
   * `off_air`, or rejects when Redis does not answer.
   */
  async like(station: string, who: Liker, mediaTime?: number): Promise<{ count: number }> {
    await this.#allowances.take(who.id, who.network);
    const known = this.#stations.get(station)?.known(performance.now());
    // What was off air a moment ago may have begun since.
    const total = known?.live ? known : await this.#read(station);
    if (!total.live) throw new AwazError('off_air', 'The station is off air: there is nothing to like.');
    const likes = this.#of(station);
    likes.add(heardMediaTime(mediaTime, Date.now()));
    this.#counted.inc();
    return { count: likes.count };
  }

  /** How often the broadcast on air was liked; the last one, while it is remembered. */
  async count(station: string): Promise<number> {
    return (await this.#read(station)).count;
  }

  /** Likes along the media time of a broadcast, in spans of 10 s, as long as they are kept. */
  timeline(station: string, broadcastId: string): Promise<LikeSpan[]> {
    return this.#ledger.spans(station, broadcastId);
  }

  /** Calls `listener` when the number grows, at most once a second; returns the function that ends it. */
  watch(station: string, listener: LikeListener): () => void {
    const own: LikeListener = (likes) => listener(likes);
    const { watchers } = this.#of(station);
    watchers.add(own);
    return () => watchers.delete(own);
  }

  /** Writes what waits, within seconds. */
  close(): Promise<void> {
    this.#closing ??= this.#end();
    return this.#closing;
  }

  async #end(): Promise<void> {
    clearInterval(this.#timer);
    this.#subscriber.disconnect();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LAST_WRITE_MS);
    });
    const rest = Promise.resolve(this.#writing).then(() => this.#write());
    await Promise.race([rest, late]).finally(() => clearTimeout(timer));
  }

  async #read(station: string): Promise<LikeTotal> {
    const total = await this.#ledger.read(station);
    this.#of(station).hear(total, performance.now());
    return total;
  }

  async #beat(): Promise<void> {
    await this.#write();
    const now = performance.now();
    for (const [station, likes] of this.#stations) {
      this.#tell(likes, now);
      if (likes.isIdle(now)) this.#stations.delete(station);
    }
  }

  #tell(likes: StationLikes, now: number): void {
    try {
      likes.tell(now);
    } catch (error) {
      this.#logger.error({ err: error }, 'whoever watches likes failed');
    }
  }

  /** Writes what waits, if that is not being done. Never rejects. */
  #write(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    await Promise.all([...this.#stations].map(([station, likes]) => this.#writeStation(station, likes)));
  }

  async #writeStation(station: string, likes: StationLikes): Promise<void> {
    const taken = likes.take();
    if (taken === undefined) return;
    try {
      const total = await this.#ledger.write(station, taken);
      likes.written();
      likes.hear(total, performance.now());
    } catch (error) {
      // If only the answer was lost they count twice: better than losing those of a whole outage.
      likes.putBack(taken);
      this.#failures.inc();
      this.#logger.debug({ err: error, station }, 'likes could not be written');
    }
  }

  #hear(text: string): void {
    const total = parseTotal(text);
    if (total === undefined) return;
    const likes = this.#stations.get(total.station);
    const now = performance.now();
    if (likes === undefined) return;
    likes.hear(total, now);
    this.#tell(likes, now);
  }

  #of(station: string): StationLikes {
    const likes = this.#stations.get(station) ?? new StationLikes();
    this.#stations.set(station, likes);
    return likes;
  }
}

function parseTotal(text: string): LikeTotal | undefined {
  try {
    const total = JSON.parse(text) as LikeTotal;
    return SLUG_PATTERN.test(total.station) && Number.isFinite(total.count) ? total : undefined;
  } catch {
    return undefined;
  }
}

function gaugeOfStations(registers: Registry[], stations: () => ReadonlyMap<string, StationLikes>): void {
  new Gauge({
    name: 'awaz_liked_stations',
    help: 'Stations whose likes this process holds',
    registers,
    collect() {
      this.set(stations().size);
    },
  });
}
