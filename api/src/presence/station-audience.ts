import { HEARTBEAT_MS, type HeldSession, HeldSessions, LISTENING_MS, type SessionBudget } from './held-sessions.ts';
import type { LedgerEntry } from './listener-ledger.ts';

/** What has to be written of a station. */
export type AudienceReport = {
  entries: LedgerEntry[];
  /** Requests that came without a session. */
  sessionless: number;
  /** To be called when it was written. */
  done(): void;
};

/** What a report depends on. */
export type AudienceContext = {
  /** Whether heartbeats count. */
  inexact: boolean;
  /** The broadcast that pages with heartbeats listen to; empty while unknown. */
  broadcastId: string;
  /** With which delay this process is known to do things, in ms. */
  delayMs: number;
};

/** Who listens to one station through this process. */
export class StationAudience {
  /** By what they fetch. */
  readonly listening: HeldSessions;
  /** By what their pages say; only counts while the station's number cannot be known otherwise. */
  readonly heartbeats: HeldSessions;
  /** Requests without a session, and sessions without room, that were not reported yet. */
  sessionless = 0;

  constructor(budget: SessionBudget) {
    this.listening = new HeldSessions(LISTENING_MS, budget);
    this.heartbeats = new HeldSessions(HEARTBEAT_MS, budget);
  }

  /** How many sessions are held. */
  get size(): number {
    return this.listening.size + this.heartbeats.size;
  }

  /** Whether there is nothing to count or to report. */
  get isEmpty(): boolean {
    return this.size === 0 && this.sessionless === 0;
  }

  /** Forgets who is gone, and gives what has to be written. */
  report(now: number, { inexact, broadcastId, delayMs }: AudienceContext): AudienceReport {
    const listening = this.listening.due(now, delayMs);
    const told = this.heartbeats.due(now, delayMs);
    const entries = listening.map((held) =>
      entryOf(held, this.listening.untilOf(held, now, delayMs), held.broadcastId),
    );
    const due = inexact ? [...listening, ...told] : listening;
    if (inexact) {
      for (const held of told) entries.push(entryOf(held, this.heartbeats.untilOf(held, now, delayMs), broadcastId));
    }
    const { sessionless } = this;
    const done = () => {
      this.sessionless -= sessionless;
      for (const [index, entry] of entries.entries()) written(due[index], entry);
    };
    return { entries, sessionless, done };
  }
}

function entryOf({ session, writtenIn }: HeldSession, until: number, broadcastId: string): LedgerEntry {
  return { session, until, newIn: broadcastId === '' || broadcastId === writtenIn ? undefined : broadcastId };
}

function written(held: HeldSession | undefined, { until, newIn }: LedgerEntry): void {
  if (held === undefined) return;
  held.writtenUntil = until;
  if (newIn !== undefined) held.writtenIn = newIn;
}
