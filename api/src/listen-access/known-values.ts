/** How values are known. */
export type KnownValuesOptions<Value> = {
  /** After how long a value is looked up again; until that is done it is still given out, in ms. */
  freshMs: number;
  /** After how long it is not given out before it was looked up, in ms. */
  trustMs: number;
  /** How long after the last look that succeeded it is trusted although looks fail, in ms. */
  staleMs: number;
  /** The value that was looked up longest ago is forgotten beyond it. */
  maxEntries: number;
  look: (key: string) => Promise<Value>;
  /** Values for which it says no are given out once, but not kept; all are kept when left out. */
  keeps?: (value: Value) => boolean;
};

type Known<Value> = {
  value: Value;
  /** When a look succeeded. */
  seenAt: number;
  /** When one was made last. */
  triedAt: number;
};

/** Values by name that are given at once while they are known; those who have to wait share one look. */
export class KnownValues<Value> {
  readonly #options: KnownValuesOptions<Value>;
  readonly #known = new Map<string, Known<Value>>();
  readonly #looks = new Map<string, Promise<Value>>();

  constructor(options: KnownValuesOptions<Value>) {
    this.#options = options;
  }

  /** How many are kept. */
  get size(): number {
    return this.#known.size;
  }

  /** A value. Rejects with the error of the look when there is no value that may be trusted instead. */
  get(key: string): Value | Promise<Value> {
    const known = this.#known.get(key);
    const age = known === undefined ? Number.POSITIVE_INFINITY : performance.now() - known.triedAt;
    if (known === undefined || age >= this.#options.trustMs) return this.#look(key);
    if (age >= this.#options.freshMs) this.#look(key).catch(() => undefined); // who comes later will be told
    return known.value;
  }

  /** Keeps a value that came another way. */
  set(key: string, value: Value): void {
    const now = performance.now();
    this.#known.delete(key); // to the end of the order
    this.#known.set(key, { value, seenAt: now, triedAt: now });
    if (this.#known.size <= this.#options.maxEntries) return;
    const [oldest] = this.#known.keys();
    if (oldest !== undefined) this.#known.delete(oldest);
  }

  /** Forgets the values of those names for which it says yes; all of them when left out. */
  forget(which: (key: string) => boolean = () => true): void {
    for (const key of this.#known.keys()) if (which(key)) this.#known.delete(key);
    // What is being looked up may be old already.
    for (const key of this.#looks.keys()) if (which(key)) this.#looks.delete(key);
  }

  #look(key: string): Promise<Value> {
    const running = this.#looks.get(key);
    if (running !== undefined) return running;
    const look: Promise<Value> = this.#load(key, () => this.#looks.get(key) === look);
    this.#looks.set(key, look);
    return look;
  }

  async #load(key: string, isNewest: () => boolean): Promise<Value> {
    const { look, keeps = () => true } = this.#options;
    try {
      const value = await look(key);
      if (isNewest()) {
        if (keeps(value)) this.set(key, value);
        else this.#known.delete(key);
      }
      return value;
    } catch (error) {
      return this.#instead(key, error);
    } finally {
      if (isNewest()) this.#looks.delete(key);
    }
  }

  /** What was known before a look failed. */
  #instead(key: string, error: unknown): Value {
    const known = this.#known.get(key);
    const now = performance.now();
    if (known === undefined || now - known.seenAt >= this.#options.staleMs) throw error;
    known.triedAt = now;
    return known.value;
  }
}
