/** What an {@link Inbox} may hold and whom it tells. */
export type InboxOptions = {
  /** Bytes beyond which the sender is asked to wait; it loses nothing by that. */
  maxBytes: number;
  /** The inbox is full: stop reading. */
  onFull: () => void;
  /** There is room again: go on. */
  onRoom: () => void;
};

/** Messages of one connection that wait to be handled, in order. One reader. */
export class Inbox<Message> {
  readonly #options: InboxOptions;
  readonly #messages: { message: Message; bytes: number }[] = [];
  #bytes = 0;
  #full = false;
  #wake: (() => void) | undefined;

  constructor(options: InboxOptions) {
    this.#options = options;
  }

  /** Bytes that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Adds a message; `bytes` is what it holds in memory. */
  push(message: Message, bytes: number): void {
    this.#messages.push({ message, bytes });
    this.#bytes += bytes;
    if (!this.#full && this.#bytes > this.#options.maxBytes) {
      this.#full = true;
      this.#options.onFull();
    }
    this.#wake?.();
  }

  /** Takes the next message, waiting for it. Rejects with the reason of the signal when that is aborted. */
  async next(signal: AbortSignal): Promise<Message> {
    for (;;) {
      signal.throwIfAborted();
      const entry = this.#messages.shift();
      if (entry !== undefined) return this.#taken(entry);
      await this.#arrival(signal);
    }
  }

  /** Forgets what waits. */
  clear(): void {
    this.#messages.length = 0;
    this.#bytes = 0;
  }

  #taken({ message, bytes }: { message: Message; bytes: number }): Message {
    this.#bytes -= bytes;
    if (this.#full && this.#bytes <= this.#options.maxBytes / 2) {
      this.#full = false;
      this.#options.onRoom();
    }
    return message;
  }

  #arrival(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#wake = undefined;
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.#wake = done;
      signal.addEventListener('abort', done, { once: true });
    });
  }
}
