import { AwazError } from '@awaz/infra/contract';

/** How long a session that was let in may take until its first part, in ms; then its place is free again. */
export const ARRIVAL_MS = 6000;

/** When somebody who was refused may ask again, in ms. */
const RETRY_AFTER_MS = 10_000;

/** Who listens already. */
export type KnownListeners = {
  /** Sessions that listen through this process. */
  readonly listening: number;
  /** Whether a session listens through this process. */
  listens(station: string, session: string): boolean;
  /** Whether a session listens anywhere. Rejects when it cannot be known. */
  listensAnywhere(station: string, session: string): Promise<boolean>;
};

/** Somebody at the door. */
export type Visit = {
  station: string;
  session: string;
  /** Whether the session was made for this request: nobody can know it. */
  isNew: boolean;
};

/** Why somebody is not let in. */
export type RefusalReason = 'full' | 'busy';

/** What a door needs. */
export type ListenerDoorOptions = {
  /** Most listeners of this process. */
  max: number;
  isBusy: () => boolean;
  known: KnownListeners;
  onAdmitted: () => void;
  onRefused: (reason: RefusalReason) => void;
};

/**
 * Lets listeners of this process in, up to a number of them and as long as it is not overloaded. Sessions that listen
 * already are always let in.
 */
export class ListenerDoor {
  readonly #options: ListenerDoorOptions;
  /** Sessions that were let in and have not fetched anything yet, with when that ends; oldest first. */
  readonly #arriving = new Map<string, { station: string; endsAt: number }>();
  readonly #refusals: Record<RefusalReason, AwazError>;

  constructor(options: ListenerDoorOptions) {
    this.#options = options;
    const retryAfterMs = RETRY_AFTER_MS;
    const full = `This server carries as many listeners as it may (${options.max}). Try again soon.`;
    const busy = 'This server is too busy for more listeners. Try again soon.';
    this.#refusals = {
      full: new AwazError('server_full', full, { retryAfterMs, facts: { limit: options.max } }),
      busy: new AwazError('server_full', busy, { retryAfterMs }),
    };
  }

  /** Listeners, and those on their way in. */
  get taken(): number {
    return this.#options.known.listening + this.#arriving.size;
  }

  /** Why nobody new is let in at the moment; undefined while there is room. */
  get closedBy(): RefusalReason | undefined {
    const { max, isBusy } = this.#options;
    if (isBusy()) return 'busy';
    if (this.taken < max) return undefined;
    this.#forgetArrived(performance.now());
    return this.taken < max ? undefined : 'full';
  }

  /** `server_full` when nobody new is let in at the moment. The same object each time. */
  get refusal(): AwazError | undefined {
    const reason = this.closedBy;
    return reason === undefined ? undefined : this.#refused(reason);
  }

  /** Lets a listener in, or answers with `server_full`; at once unless it has to be asked whether the session listens. */
  admit(visit: Visit): AwazError | undefined | Promise<AwazError | undefined> {
    const reason = this.closedBy;
    if (reason === undefined) return this.#letIn(visit);
    const { known } = this.#options;
    if (visit.isNew) return this.#refused(reason);
    if (known.listens(visit.station, visit.session) || this.#arriving.has(visit.session)) return undefined;
    return known.listensAnywhere(visit.station, visit.session).then(
      (listens) => (listens ? undefined : this.#refused(reason)),
      () => undefined, // nobody is cut off because Redis does not answer
    );
  }

  #letIn({ station, session }: Visit): undefined {
    const now = performance.now();
    for (const [name, { endsAt }] of this.#arriving) {
      if (endsAt > now) break;
      this.#arriving.delete(name);
    }
    if (this.#options.known.listens(station, session)) return;
    this.#arriving.delete(session);
    this.#arriving.set(session, { station, endsAt: now + ARRIVAL_MS });
    this.#options.onAdmitted();
  }

  #refused(reason: RefusalReason): AwazError {
    this.#options.onRefused(reason);
    return this.#refusals[reason];
  }

  #forgetArrived(now: number): void {
    for (const [session, { station, endsAt }] of this.#arriving) {
      if (endsAt <= now || this.#options.known.listens(station, session)) this.#arriving.delete(session);
    }
  }
}
