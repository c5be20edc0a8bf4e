/** How long a session counts after it fetched media or read a stream: three target durations of 2 s, in ms. */
export const LISTENING_MS = 6000;

/** How long a session counts after a heartbeat of its page, in ms: three heartbeats. */
export const HEARTBEAT_MS = 15_000;

/** How long what a process wrote counts without being written again, in ms: what a dead process leaves is gone then. */
export const LEASE_MS = 3000;

/** What is left of a lease when it is written again, in ms: half of it, so that as much may be lost to delays. */
const RENEW_MS = LEASE_MS / 2;

/** A session that this process has seen; times are on `performance.now()`'s clock. */
export type HeldSession = {
  readonly session: string;
  seenAt: number;
  /** Progressive streams that it reads at the moment. */
  streams: number;
  /** What it listens to; empty while unknown. */
  broadcastId: string;
  /** Until when it counts by what was written. */
  writtenUntil: number;
  /** The broadcast among whose listeners it was written. */
  writtenIn: string;
};

/** How many more sessions a process may hold, over all stations. */
export type SessionBudget = { left: number };

/** The sessions of one station that this process has seen, in one way, and until when each of them counts. */
export class HeldSessions {
  readonly #sessions = new Map<string, HeldSession>();
  readonly #lifeMs: number;
  readonly #budget: SessionBudget;
  #broadcastId = '';

  /** A session counts `lifeMs` after it was seen; the budget is shared with others. */
  constructor(lifeMs: number, budget: SessionBudget) {
    this.#lifeMs = lifeMs;
    this.#budget = budget;
  }

  /** How many are held. */
  get size(): number {
    return this.#sessions.size;
  }

  /** Whether a session is held. */
  has(session: string): boolean {
    return this.#sessions.has(session);
  }

  /** Notes that a session was seen; undefined when there is no room for a new one. */
  saw(session: string, broadcastId: string, now: number): HeldSession | undefined {
    const known = this.#sessions.get(session);
    if (known === undefined) return this.#join(session, broadcastId, now);
    known.seenAt = now;
    if (known.broadcastId !== broadcastId) known.broadcastId = this.#interned(broadcastId);
    return known;
  }

  /** Forgets a session; what was written of it runs out. */
  forget(session: string): void {
    if (this.#sessions.delete(session)) this.#budget.left++;
  }

  /**
   * Forgets who is gone and gives those that have to be written by now. Leases are longer by twice the delay with which
   * this process is known to do things, in ms: it is slow then, not dead.
   */
  due(now: number, delayMs = 0): HeldSession[] {
    const due: HeldSession[] = [];
    for (const held of this.#sessions.values()) {
      if (held.streams > 0) held.seenAt = now;
      const endsAt = held.seenAt + this.#lifeMs;
      if (endsAt <= now) this.forget(held.session);
      else if (held.writtenUntil < endsAt && held.writtenUntil - now <= RENEW_MS + delayMs) due.push(held);
    }
    return due;
  }

  /** Until when a session counts if it is written now. */
  untilOf(held: HeldSession, now: number, delayMs = 0): number {
    return Math.min(held.seenAt + this.#lifeMs, now + LEASE_MS + 2 * delayMs);
  }

  #join(session: string, broadcastId: string, now: number): HeldSession | undefined {
    if (this.#budget.left <= 0) return undefined;
    this.#budget.left--;
    const held: HeldSession = {
      session: ownCopy(session),
      seenAt: now,
      streams: 0,
      broadcastId: this.#interned(broadcastId),
      writtenUntil: 0,
      writtenIn: '',
    };
    this.#sessions.set(held.session, held);
    return held;
  }

  /** One copy of the broadcast's id for all of its sessions. */
  #interned(broadcastId: string): string {
    if (this.#broadcastId !== broadcastId) this.#broadcastId = ownCopy(broadcastId);
    return this.#broadcastId;
  }
}

/** A string cut out of a URL keeps the whole URL in memory. */
function ownCopy(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
