import type { Milliseconds } from '@awaz/infra/contract';

/** Measurements of which the best is believed; older ones are forgotten, so that a change of network shows. */
const MEASUREMENTS_KEPT = 32;

/**
 * The server's clock as seen from here. Each question and answer bounds the offset by half its round trip, so the one
 * with the shortest round trip of the last {@link MEASUREMENTS_KEPT} is believed.
 */
export class ServerClock {
  readonly #measurements: { offsetMs: Milliseconds; rttMs: Milliseconds }[] = [];

  /** Takes a message sent and answered at these local times, with the server's time in the answer. */
  measure(answer: { sentAt: Milliseconds; receivedAt: Milliseconds; serverTime: Milliseconds }): void {
    const rttMs = Math.max(0, answer.receivedAt - answer.sentAt);
    this.#measurements.push({ rttMs, offsetMs: answer.serverTime - (answer.sentAt + answer.receivedAt) / 2 });
    if (this.#measurements.length > MEASUREMENTS_KEPT) this.#measurements.shift();
  }

  /** Server time minus local time, in ms; undefined before the first answer. */
  get offsetMs(): Milliseconds | undefined {
    if (this.#measurements.length === 0) return undefined;
    return this.#measurements.reduce((best, other) => (other.rttMs < best.rttMs ? other : best)).offsetMs;
  }

  /** Median time from sending a message to its answer, storing included, in ms; undefined before the first answer. */
  get rttMs(): Milliseconds | undefined {
    const sorted = this.#measurements.map((measurement) => measurement.rttMs).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)];
  }
}
