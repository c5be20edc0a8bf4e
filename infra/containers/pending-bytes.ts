/**
 * Bytes that were given but not yet used up. When nothing is left over from before, the given bytes themselves are the
 * window (no copy). Otherwise they are joined in storage that grows by doubling, so that a unit that arrives byte by
 * byte is copied a constant number of times. Storage is never written twice at one place: views of it may be handed out.
 */
export class PendingBytes {
  #store: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #owned = false;

  /** All pending bytes and, before `start`, used ones. */
  get store(): Uint8Array {
    return this.#store;
  }

  /** Index in `store` of the first pending byte. */
  get start(): number {
    return this.#start;
  }

  /** Index in `store` behind the last pending byte. */
  get end(): number {
    return this.#end;
  }

  /** Number of pending bytes. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds bytes at the end; indexes into `store` change. */
  append(bytes: Uint8Array): void {
    if (this.length === 0) {
      this.#store = bytes;
      this.#start = 0;
      this.#end = bytes.length;
      this.#owned = false;
      return;
    }
    if (!this.#owned || this.#store.length - this.#end < bytes.length) this.#grow(bytes.length);
    this.#store.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** Uses up bytes at the start. */
  take(count: number): void {
    this.#start += count;
  }

  /** Forgets all bytes. */
  clear(): void {
    this.#store = new Uint8Array(0);
    this.#start = 0;
    this.#end = 0;
    this.#owned = false;
  }

  #grow(more: number): void {
    const grown = new Uint8Array(2 * (this.length + more));
    grown.set(this.#store.subarray(this.#start, this.#end));
    this.#end = this.length;
    this.#start = 0;
    this.#store = grown;
    this.#owned = true;
  }
}
