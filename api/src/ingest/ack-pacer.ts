/** Least time between two acknowledgements, in ms. */
export const ACK_SPACING_MS = 50;

/** Sends acknowledgements at once, but no more often than needed: the newest one stands for all before it. */
export class AckPacer {
  readonly #send: (seq: number) => void;
  #waiting: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** `send` may be called until {@link close}. */
  constructor(send: (seq: number) => void) {
    this.#send = send;
  }

  /** All chunks up to `seq` are stored. */
  stored(seq: number): void {
    if (this.#timer !== undefined) {
      this.#waiting = seq;
      return;
    }
    this.#send(seq);
    this.#timer = setTimeout(() => this.#due(), ACK_SPACING_MS);
  }

  /** Sends what waits now. */
  flush(): void {
    const seq = this.#waiting;
    this.close();
    if (seq !== undefined) this.#send(seq);
  }

  /** Sends nothing more of what waits. */
  close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = undefined;
  }

  #due(): void {
    const seq = this.#waiting;
    this.#timer = undefined;
    this.#waiting = undefined;
    if (seq !== undefined) this.stored(seq);
  }
}
