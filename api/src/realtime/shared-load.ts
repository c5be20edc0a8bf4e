/**
 * Lets those who ask at the same time share one load, which always begins after they asked: what they get is never older
 * than their question. Holds one running and one coming load for each key.
 */
export class SharedLoad<Value> {
  readonly #load: (key: string) => Promise<Value>;
  readonly #running = new Map<string, Promise<unknown>>();
  readonly #coming = new Map<string, Promise<Value>>();

  constructor(load: (key: string) => Promise<Value>) {
    this.#load = load;
  }

  /** Rejects with the loader's error. */
  get(key: string): Promise<Value> {
    const coming = this.#coming.get(key);
    if (coming !== undefined) return coming;
    const next = Promise.resolve(this.#running.get(key)).then(() => this.#begin(key));
    this.#coming.set(key, next);
    return next;
  }

  async #begin(key: string): Promise<Value> {
    this.#coming.delete(key);
    const load = this.#load(key);
    const settled = load.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(key, settled);
    try {
      return await load;
    } finally {
      if (this.#running.get(key) === settled) this.#running.delete(key);
    }
  }
}
