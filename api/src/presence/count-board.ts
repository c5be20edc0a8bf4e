import type { ListenerCount } from '@awaz/infra/contract';
import type { StationCount } from './listener-count.ts';
import { COUNT_EVERY_MS } from './listener-ledger.ts';

/** Most stations whose count is remembered; the one that was heard of longest ago is forgotten beyond it. */
export const MAX_BOARD_ENTRIES = 10_000;

/** How long a count of nobody is remembered, in ms. */
const FORGET_NOBODY_MS = 60_000;

/** How much older than the last one a count may be and still be news, in ms: Redis's clock was set back. */
const CLOCK_SET_BACK_MS = 10_000;

/** Told the new numbers of a station. */
export type CountListener = (count: ListenerCount) => void;

type Known = { count: StationCount; heardAt: number };

/** The counts that were told to all processes, so that every process shows the same, and who wants to hear of changes. */
export class CountBoard {
  readonly #onFault: (error: unknown) => void;
  readonly #known = new Map<string, Known>();
  readonly #watchers = new Map<string, Set<CountListener>>();

  /** `onFault` gets what a watcher throws. */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** Takes a count and tells those who watch the station, if its numbers are new. An older count is no news. */
  take(count: StationCount, now: number): void {
    const before = this.#known.get(count.station)?.count;
    if (before !== undefined && count.at <= before.at && before.at - count.at < CLOCK_SET_BACK_MS) return;
    this.#remember(count, now);
    if (before === undefined || !sameNumbers(before, count)) this.#tell(count);
  }

  /** The count of a station, if one was told within `maxAgeMs`. */
  get(station: string, now: number, maxAgeMs: number): StationCount | undefined {
    const known = this.#known.get(station);
    return known !== undefined && now - known.heardAt <= maxAgeMs ? known.count : undefined;
  }

  /** Whether the station's number cannot be known, as far as was told. */
  isInexact(station: string): boolean {
    return this.#known.get(station)?.count.exact === false;
  }

  /** The broadcast of a station, as far as was told. */
  broadcastOf(station: string): string | undefined {
    return this.#known.get(station)?.count.broadcastId;
  }

  /** Whether it is time for the next count of a station. */
  isStale(station: string, now: number): boolean {
    return now - (this.#known.get(station)?.heardAt ?? Number.NEGATIVE_INFINITY) >= COUNT_EVERY_MS;
  }

  /** Stations whose number would change by itself, and whose next count is due: whoever counted them may have died. */
  due(now: number): string[] {
    const due: string[] = [];
    for (const [station, { count, heardAt }] of this.#known) {
      const rests = count.count === 0 && count.exact;
      if (!rests && now - heardAt >= COUNT_EVERY_MS) due.push(station);
      else if (rests && now - heardAt > FORGET_NOBODY_MS && !this.#watchers.has(station)) this.#known.delete(station);
    }
    return due;
  }

  /** All counts, those of the most listeners first. */
  all(): StationCount[] {
    return [...this.#known.values()].map(({ count }) => count).sort((a, b) => b.count - a.count);
  }

  /** Calls `listener` when the numbers of a station change; returns the function that ends it. */
  watch(station: string, listener: CountListener): () => void {
    const own: CountListener = (count) => listener(count);
    const watchers = this.#watchers.get(station) ?? new Set();
    this.#watchers.set(station, watchers.add(own));
    return () => {
      watchers.delete(own);
      if (watchers.size === 0 && this.#watchers.get(station) === watchers) this.#watchers.delete(station);
    };
  }

  #remember(count: StationCount, heardAt: number): void {
    this.#known.delete(count.station); // to the end of the order
    this.#known.set(count.station, { count, heardAt });
    const oldest = this.#known.size > MAX_BOARD_ENTRIES ? this.#known.keys().next().value : undefined;
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  #tell({ station, count, peak, exact }: StationCount): void {
    for (const listener of this.#watchers.get(station) ?? []) {
      try {
        listener({ count, peak, exact });
      } catch (error) {
        this.#onFault(error);
      }
    }
  }
}

function sameNumbers(a: ListenerCount, b: ListenerCount): boolean {
  return a.count === b.count && a.peak === b.peak && a.exact === b.exact;
}
