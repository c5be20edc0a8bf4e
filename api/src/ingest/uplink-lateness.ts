import type { Milliseconds } from '@awaz/infra/contract';

/** Audio is late against the least late of this long, in ms. */
const WINDOW_MS: Milliseconds = 30_000;

/** Without a clock of the client's, nothing for this long is a pause of the source, in ms. */
const PAUSE_MS: Milliseconds = 1000;

/** From here on audio is late, and below that it is on time again, in ms… */
const LATE_MS: Milliseconds = 2000;
const ON_TIME_MS: Milliseconds = 500;

/** …for so many reports in a row, of which there is one each second. */
const REPORTS = 5;

/**
 * How much later audio arrives than it did at its best: a steady delay is none, what is made up for is over, and an upload
 * that is too slow for its bitrate makes it grow.
 */
export class UplinkLateness {
  #seconds: { at: Milliseconds; least: Milliseconds }[] = [];
  #latest: { arrivedAt: Milliseconds; difference: Milliseconds } | undefined;
  #lateReports = 0;
  #onTimeReports = 0;

  /** Takes a chunk; `mediaTime` on any clock that runs with the audio, `isClientClock` when it goes on in pauses, too. */
  arrived(arrivedAt: Milliseconds, mediaTime: Milliseconds, isClientClock: boolean): void {
    const paused = !isClientClock && arrivedAt - (this.#latest?.arrivedAt ?? arrivedAt) > PAUSE_MS;
    if (paused) this.#seconds = [];
    const difference = arrivedAt - mediaTime;
    this.#latest = { arrivedAt, difference };
    const second = this.#seconds.at(-1);
    if (second === undefined || arrivedAt - second.at >= 1000) this.#seconds.push({ at: arrivedAt, least: difference });
    else second.least = Math.min(second.least, difference);
    while (arrivedAt - (this.#seconds[0]?.at ?? arrivedAt) > WINDOW_MS) this.#seconds.shift();
  }

  /** How late the newest audio came, in ms. To be asked about once a second. */
  report(): Milliseconds {
    const least = Math.min(...this.#seconds.map((second) => second.least));
    const lateMs = this.#latest === undefined ? 0 : Math.max(0, this.#latest.difference - least);
    this.#lateReports = lateMs > LATE_MS ? this.#lateReports + 1 : 0;
    this.#onTimeReports = lateMs < ON_TIME_MS ? this.#onTimeReports + 1 : 0;
    return Math.round(lateMs);
  }

  /** Whether the upload is too slow; undefined while neither is certain. */
  get isSlow(): boolean | undefined {
    if (this.#lateReports >= REPORTS) return true;
    return this.#onTimeReports >= REPORTS ? false : undefined;
  }
}
