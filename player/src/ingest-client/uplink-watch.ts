import type { Milliseconds } from '@awaz/infra/contract';

/** Audio waiting for its acknowledgement beyond which the uplink may be too slow, in ms. */
export const WAITING_LIMIT_MS: Milliseconds = 2000;

/** An uplink that delivers less than this share of what is recorded does not keep up, once something waits. */
const LEAST_RATIO = 1.1;

/** How long an uplink is looked at before it is judged: with much waiting, and with little, in ms. */
const SHORT_LOOK_MS: Milliseconds = 2000;
const LONG_LOOK_MS: Milliseconds = 5000;

/** Audio that waits all the time of a long look, in ms; less is a round trip. */
const LITTLE_WAITING_MS: Milliseconds = 500;

/** An uplink is clean while less than this waits, in ms. */
const CLEAN_WAITING_MS: Milliseconds = 1500;

/** How long an uplink has to be clean before more may be sent, in ms. */
export const CLEAN_SPAN_MS: Milliseconds = 60_000;

/** Least time between two looks, in ms. */
const LOOK_EVERY_MS: Milliseconds = 250;

/** Sums that an uplink is judged by. */
export type UplinkSums = { recordedBytes: number; ackedBytes: number; unackedMs: Milliseconds };

/** What became known of an uplink. `kbps`: what it carried lately, in kbit/s. */
export type UplinkVerdict = { pace: 'slow' | 'clean'; waitingMs: Milliseconds; kbps: number };

type Look = UplinkSums & { at: Milliseconds };

/**
 * Watches whether an uplink keeps up with what is recorded. `slow`: audio waits, and what is acknowledged is less than
 * 1.1 times what is recorded, for 2 s with more than 2 s waiting, or for 5 s with less. A backlog that is being worked
 * off is not slow, and neither is a connection on which nothing is acknowledged: it is dead, or the server cannot store.
 * `clean`: for 60 s next to nothing waited. Both are told again for as long as they last.
 */
export class UplinkWatch {
  readonly #looks: Look[] = [];
  #cleanSince: Milliseconds | undefined;

  /** A connection begins, or is lost: what was seen before says nothing any more. */
  restart(): void {
    this.#looks.length = 0;
    this.#cleanSince = undefined;
  }

  /** Takes the sums of now; call it often while a connection carries audio. */
  look(sums: UplinkSums, now: Milliseconds): UplinkVerdict | undefined {
    const last = this.#looks.at(-1);
    if (last !== undefined && now - last.at < LOOK_EVERY_MS) return undefined;
    this.#looks.push({ ...sums, at: now });
    while ((this.#looks[1]?.at ?? now) <= now - LONG_LOOK_MS) this.#looks.shift();
    return this.#slow(now) ?? this.#clean(now);
  }

  #slow(now: Milliseconds): UplinkVerdict | undefined {
    const latest = this.#looks.at(-1);
    if (latest === undefined || latest.unackedMs < LITTLE_WAITING_MS) return undefined;
    const span = latest.unackedMs > WAITING_LIMIT_MS ? SHORT_LOOK_MS : LONG_LOOK_MS;
    const first = this.#looks.findLast(({ at }) => at <= now - span);
    if (first === undefined) return undefined;
    const seen = this.#looks.slice(this.#looks.indexOf(first));
    if (seen.some(({ unackedMs }) => unackedMs < LITTLE_WAITING_MS)) return undefined;
    const acked = latest.ackedBytes - first.ackedBytes;
    const isSlow = acked > 0 && acked < LEAST_RATIO * (latest.recordedBytes - first.recordedBytes);
    if (!isSlow) return undefined;
    this.restart();
    return { pace: 'slow', waitingMs: latest.unackedMs, kbps: (acked * 8) / (now - first.at) };
  }

  #clean(now: Milliseconds): UplinkVerdict | undefined {
    const [first] = this.#looks;
    const latest = this.#looks.at(-1);
    if (first === undefined || latest === undefined) return undefined;
    if (latest.unackedMs > CLEAN_WAITING_MS) this.#cleanSince = undefined;
    else this.#cleanSince ??= now;
    if (this.#cleanSince === undefined || now - this.#cleanSince < CLEAN_SPAN_MS) return undefined;
    this.#cleanSince = now;
    const kbps = ((latest.ackedBytes - first.ackedBytes) * 8) / Math.max(1, now - first.at);
    return { pace: 'clean', waitingMs: latest.unackedMs, kbps };
  }
}
