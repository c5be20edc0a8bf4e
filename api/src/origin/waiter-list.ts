import { isReached, type PlaylistEdge, type ReloadTarget } from '@awaz/transcoder/hls';

/** Most requests that one process holds; the next one is refused with `overloaded`. */
export const MAX_WAITERS = 20_000;

/** How a held request comes to its end. */
export type WaitOutcome =
  /** What it waited for is there, or the broadcast has ended. */
  | 'reached'
  /** It has been held for too long. */
  | 'expired'
  /** The broadcast is gone. */
  | 'gone'
  /** The server is going down. */
  | 'closing';

/** A held request. */
export type Waiter = {
  target: ReloadTarget;
  /** When it expires, on `performance.now()`'s clock. */
  deadline: number;
  /** Called once, unless it was removed before. */
  settle(outcome: WaitOutcome): void;
};

/** How many requests a process holds at the moment, over all lists. */
export class HeldCount {
  held = 0;
  readonly limit: number;

  constructor(limit = MAX_WAITERS) {
    this.limit = limit;
  }
}

/** The held requests of one broadcast, all renditions together; released in one go when something was published. */
export class WaiterList {
  readonly #waiters = new Set<Waiter>();
  readonly #count: HeldCount;

  constructor(count: HeldCount) {
    this.#count = count;
  }

  /** Requests held at the moment. */
  get size(): number {
    return this.#waiters.size;
  }

  /** Holds a request; false when the process holds as many as it may. */
  add(waiter: Waiter): boolean {
    if (this.#count.held >= this.#count.limit) return false;
    this.#waiters.add(waiter);
    this.#count.held++;
    return true;
  }

  /** Forgets a request whose client went away; without effect when it is settled. */
  remove(waiter: Waiter): void {
    if (this.#waiters.delete(waiter)) this.#count.held--;
  }

  /** Settles every request whose target is reached at this edge. */
  release(edge: PlaylistEdge): void {
    for (const waiter of this.#waiters) {
      if (edge.ended || isReached(waiter.target, edge)) this.#settle(waiter, 'reached');
    }
  }

  /** Settles every request whose deadline has passed. */
  expire(now: number): void {
    for (const waiter of this.#waiters) {
      if (waiter.deadline <= now) this.#settle(waiter, 'expired');
    }
  }

  /** Settles all. */
  settleAll(outcome: WaitOutcome): void {
    for (const waiter of this.#waiters) this.#settle(waiter, outcome);
  }

  #settle(waiter: Waiter, outcome: WaitOutcome): void {
    this.remove(waiter);
    waiter.settle(outcome);
  }
}
