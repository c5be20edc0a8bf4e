/** Relative error of quantiles. */
const ACCURACY = 0.02;

const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);

/** How many latencies there were in each bucket, by the number of the bucket; what a process tells of its listeners. */
export type LatencyBuckets = Record<string, number>;

/**
 * Latencies in buckets that grow with their values (DDSketch, Masson et al. 2019): quantiles are right within 2 %, two
 * sketches add up to the sketch of both, and however many latencies there are, it has at most a few hundred buckets.
 */
export class LatencySketch {
  readonly #buckets = new Map<number, number>();
  #count = 0;

  /** Takes a latency in ms; anything below 1 ms counts as 1 ms. */
  add(ms: number): void {
    this.#put(Math.ceil(Math.log(Math.max(1, ms)) / LOG_GAMMA), 1);
  }

  /** Takes all that another sketch told; what cannot be is left out. */
  merge(buckets: LatencyBuckets): void {
    for (const [bucket, count] of Object.entries(buckets)) {
      if (Number.isInteger(Number(bucket)) && count > 0) this.#put(Number(bucket), count);
    }
  }

  /** The latency in ms that a share of all does not exceed, in whole ms; null when there are none. */
  quantile(share: number): number | null {
    if (this.#count === 0) return null;
    let left = Math.max(1, Math.ceil(share * this.#count));
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b);
    for (const [bucket, count] of sorted) {
      left -= count;
      if (left <= 0) return Math.round((2 * GAMMA ** bucket) / (GAMMA + 1));
    }
    return null;
  }

  /** What to tell others. */
  toBuckets(): LatencyBuckets {
    return Object.fromEntries(this.#buckets);
  }

  #put(bucket: number, count: number): void {
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.#count += count;
  }
}
