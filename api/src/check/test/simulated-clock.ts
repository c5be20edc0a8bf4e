import type { Clock } from '../clock.ts';

type Timer = { at: number; resolve: () => void };

/** A clock that jumps to the next moment for which somebody waits as soon as nothing else is left to do. */
export class SimulatedClock implements Clock {
  #now = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();
  #isTicking = false;

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer: Timer = {
        at: this.#now + Math.max(0, ms),
        resolve: () => {
          this.#timers.delete(timer);
          signal.removeEventListener('abort', timer.resolve);
          resolve();
        },
      };
      this.#timers.add(timer);
      signal.addEventListener('abort', timer.resolve, { once: true });
      this.#tick();
    });
  }

  /** Promises settle before an immediate runs, so whoever can go on has done so. */
  #tick(): void {
    if (this.#isTicking) return;
    this.#isTicking = true;
    setImmediate(() => {
      this.#isTicking = false;
      const next = Math.min(...Array.from(this.#timers, (timer) => timer.at));
      if (!Number.isFinite(next)) return;
      this.#now = Math.max(this.#now, next);
      for (const timer of [...this.#timers]) if (timer.at <= this.#now) timer.resolve();
      if (this.#timers.size > 0) this.#tick();
    });
  }
}
