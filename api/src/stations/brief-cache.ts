/**
 * Keeps what a loader gave for a short time, and lets those who ask meanwhile share one load. The oldest entry is
 * dropped when there are too many; a failed load is not kept.
 */
export class BriefCache<Value> {
  readonly #maxAgeMs: number;
  readonly #maxEntries: number;
  readonly #load: (key: string) => Promise<Value>;
  readonly #entries = new Map<string, { at: number; value: Promise<Value> }>();

  constructor(maxAgeMs: number, maxEntries: number, load: (key: string) => Promise<Value>) {
    this.#maxAgeMs = maxAgeMs;
    this.#maxEntries = maxEntries;
    this.#load = load;
  }

  /** The value of a key, at most `maxAgeMs` old. Rejects with the loader's error. */
  get(key: string): Promise<Value> {
    const kept = this.#entries.get(key);
    if (kept !== undefined && Date.now() - kept.at < this.#maxAgeMs) return kept.value;
    const entry = { at: Date.now(), value: this.#load(key) };
    entry.value.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    this.#entries.delete(key); // to the end of the order
    this.#entries.set(key, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#maxEntries && oldest !== undefined) this.#entries.delete(oldest);
    return entry.value;
  }
}
