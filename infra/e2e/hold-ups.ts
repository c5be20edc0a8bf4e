import { readFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How much the machine held up those who run on it. */
export type HoldUp = {
  /** The longest time for which this process had to wait for the CPU, in ms. */
  longestMs: number;
  /** Share of the time during which anybody had to wait for the CPU; 0 where the kernel does not tell. */
  pressure: number;
};

/** Watches how the machine holds up its programs. A process that itself works for long holds itself up. */
export class HoldUpWatch {
  readonly #delays = monitorEventLoopDelay({ resolution: 10 });
  #since = { at: 0, waitedUs: 0 };

  constructor() {
    this.#delays.enable();
    this.#since = { at: Date.now(), waitedUs: waitedUs() };
  }

  /** What happened since the start or the last call. */
  take(): HoldUp {
    const now = { at: Date.now(), waitedUs: waitedUs() };
    const pressure = (now.waitedUs - this.#since.waitedUs) / 1000 / Math.max(1, now.at - this.#since.at);
    const longestMs = this.#delays.max / 1e6;
    this.#delays.reset();
    this.#since = now;
    return { longestMs, pressure };
  }

  /** Stops watching. May be called again. */
  close(): void {
    this.#delays.disable();
  }
}

/** Total of the kernel's pressure stall information, in microseconds. */
function waitedUs(): number {
  try {
    return Number(/^some .*total=(\d+)/m.exec(readFileSync('/proc/pressure/cpu', 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}
