import type { EventName } from '@awaz/infra/contract';

/**
 * Newest values of one reader, the last of each name: held until the reader is ready, told at once from then on. Holds
 * no resource.
 */
export class NewestValues {
  readonly #write: (event: EventName, body: object) => void;
  readonly #held = new Map<EventName, object>();
  #isOpen = false;

  constructor(write: (event: EventName, body: object) => void) {
    this.#write = write;
  }

  /** Takes a value that was read; what was told since the reading began is newer. */
  begin(event: EventName, body: object): void {
    if (!this.#held.has(event)) this.#held.set(event, body);
  }

  /** Takes a value that is told. */
  tell(event: EventName, body: object): void {
    if (this.#isOpen) this.#write(event, body);
    else this.#held.set(event, body);
  }

  /** The reader is ready: writes what is held. */
  open(): void {
    this.#isOpen = true;
    for (const [event, body] of this.#held) this.#write(event, body);
    this.#held.clear();
  }
}
