import { percentile } from '../stats.ts';

/** Text of a message: its number, and who wrote it. */
export const messageText = (number: number, writer: number): string => `m${number} w${writer} the quick brown fox`;

const TEXT = /^m(\d+) w(\d+) /;

/** What one client was told. */
export type Ear = { heard: Uint8Array; newestOf: Map<number, number> };

/** Counts what clients are told of numbered messages, and how long that took. */
export class Tally {
  doubled = 0;
  disordered = 0;
  readonly #sentAt: Float64Array;
  readonly #taken: Uint8Array;
  readonly #latencies: number[] = [];
  readonly #messages: number;
  readonly #warmUp: number;

  /** The first `warmUp` of `messages` are no part of the latencies. */
  constructor(messages: number, warmUp: number) {
    this.#messages = messages;
    this.#warmUp = warmUp;
    this.#sentAt = new Float64Array(messages);
    this.#taken = new Uint8Array(messages);
  }

  /** Somebody who has heard nothing yet. */
  ear(): Ear {
    return { heard: new Uint8Array(this.#messages), newestOf: new Map() };
  }

  /** A message is written now (ms, monotonic). */
  sent(number: number, now: number): void {
    this.#sentAt[number] = now;
  }

  /** The server said that it has it. */
  took(number: number): void {
    this.#taken[number] = 1;
  }

  /** A client is told a message now; texts that are none of ours are ignored. */
  told(ear: Ear, text: string, now: number): void {
    const [, digits, writerDigits] = TEXT.exec(text) ?? [];
    if (digits === undefined) return;
    const number = Number(digits);
    const writer = Number(writerDigits);
    if (ear.heard[number] === 1) {
      this.doubled += 1;
      return;
    }
    ear.heard[number] = 1;
    if (number < (ear.newestOf.get(writer) ?? -1)) this.disordered += 1;
    else ear.newestOf.set(writer, number);
    if (number >= this.#warmUp) this.#latencies.push(now - (this.#sentAt[number] ?? now));
  }

  /** Messages that the server has, without the first ones. */
  get taken(): number {
    return this.#taken.subarray(this.#warmUp).reduce((sum, one) => sum + one, 0);
  }

  /** Messages that the server has and these clients were not told, over all of them. */
  lost(ears: readonly Ear[]): number {
    let lost = 0;
    for (const { heard } of ears) {
      for (let number = 0; number < this.#messages; number++) lost += this.#taken[number] && !heard[number] ? 1 : 0;
    }
    return lost;
  }

  /** From writing to arrival, in ms, over all clients. */
  latencyMs(): { p50: number; p99: number; most: number } {
    const values = this.#latencies;
    return { p50: percentile(values, 0.5), p99: percentile(values, 0.99), most: percentile(values, 1) };
  }
}
