import { AwazError } from '@awaz/infra/contract';
import type { RefusalReason } from './listener-door.ts';

/** When somebody who was refused may ask again, in ms; another node may answer then. */
const RETRY_AFTER_MS = 3000;

/** What a door needs. */
export type PublisherDoorOptions = {
  /** Most publishers of this process. */
  max: number;
  isBusy: () => boolean;
  onAdmitted: () => void;
  onRefused: (reason: RefusalReason) => void;
};

/** A place for one publisher, taken or not. `release` gives it back and may be repeated. */
export class PublisherPlace {
  readonly #door: PublisherDoor;
  #isTaken = false;

  /** Made by {@link PublisherDoor.place}. */
  constructor(door: PublisherDoor) {
    this.#door = door;
  }

  /** Takes the place for a new broadcast. Throws `server_full`. */
  claim(): void {
    if (this.#isTaken) return;
    this.#door.claim();
    this.#isTaken = true;
  }

  /** Takes the place for a broadcast that runs: it is let in always. */
  keep(): void {
    if (this.#isTaken) return;
    this.#door.keep();
    this.#isTaken = true;
  }

  /** Gives it back. */
  release(): void {
    if (this.#isTaken) this.#door.leave();
    this.#isTaken = false;
  }
}

/**
 * Lets publishers of new broadcasts in, up to a number of publishers and as long as the process is not overloaded. Those
 * of broadcasts that run are always let in, and count.
 */
export class PublisherDoor {
  readonly #options: PublisherDoorOptions;
  #taken = 0;

  constructor(options: PublisherDoorOptions) {
    this.#options = options;
  }

  /** Places that are taken. */
  get taken(): number {
    return this.#taken;
  }

  /** Why no new broadcast is taken at the moment; undefined while there is room. */
  get closedBy(): RefusalReason | undefined {
    if (this.#options.isBusy()) return 'busy';
    return this.#taken < this.#options.max ? undefined : 'full';
  }

  /** A place that is not taken yet. */
  place(): PublisherPlace {
    return new PublisherPlace(this);
  }

  /** Counts one more; used by {@link PublisherPlace}. Throws `server_full`. */
  claim(): void {
    const reason = this.closedBy;
    if (reason !== undefined) throw this.#refusal(reason);
    this.#taken++;
    this.#options.onAdmitted();
  }

  /** Counts one more, whatever the limit; used by {@link PublisherPlace}. */
  keep(): void {
    this.#taken++;
  }

  /** Counts one less; used by {@link PublisherPlace}. */
  leave(): void {
    this.#taken--;
  }

  #refusal(reason: RefusalReason): AwazError {
    const { max, onRefused } = this.#options;
    onRefused(reason);
    const why = { full: `This server carries as many publishers as it may (${max})`, busy: 'This server is too busy' };
    const facts = reason === 'full' ? { used: this.#taken, limit: max } : {};
    return new AwazError('server_full', `${why[reason]}. Try again soon.`, { retryAfterMs: RETRY_AFTER_MS, facts });
  }
}
