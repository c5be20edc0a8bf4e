/** How many events somebody may send: so many at once, and so many more each second. Holds nothing but two numbers. */
export class CallBudget {
  readonly #perSecond: number;
  readonly #burst: number;
  #left: number;
  #lookedAt: number;

  constructor({ perSecond, burst }: { perSecond: number; burst: number }, now: number = performance.now()) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#left = burst;
    this.#lookedAt = now;
  }

  /** Whether one more is allowed now (ms of a monotonic clock); it counts then. */
  take(now: number = performance.now()): boolean {
    const gained = ((now - this.#lookedAt) / 1000) * this.#perSecond;
    this.#left = Math.min(this.#burst, this.#left + gained);
    this.#lookedAt = now;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
