import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { HeldSessions, LEASE_MS, LISTENING_MS } from './held-sessions.ts';

const SESSION = `~${'s'.repeat(22)}`;

/** Beats, at each of which the session may have been seen: at most half of a lease and the known delay apart. */
const plans = fc.integer({ min: 0, max: 2000 }).chain((delayMs) => {
  const beat = fc.record({ wait: fc.integer({ min: 1, max: 1499 + delayMs }), seen: fc.boolean() });
  return fc.record({ delayMs: fc.constant(delayMs), beats: fc.array(beat, { minLength: 20, maxLength: 80 }) });
});

/** A session, and until when all processes let it count by what was written of it. */
class Followed {
  readonly held = new HeldSessions(LISTENING_MS, { left: 10 });
  seenAt = Number.NEGATIVE_INFINITY;
  counts = Number.NEGATIVE_INFINITY;

  see(now: number): void {
    this.held.saw(SESSION, 'b1', now);
    this.seenAt = now;
  }

  write(now: number, delayMs: number): void {
    for (const due of this.held.due(now, delayMs)) {
      this.counts = this.held.untilOf(due, now, delayMs);
      due.writtenUntil = this.counts;
      expect(this.counts).toBeLessThanOrEqual(Math.min(this.seenAt + LISTENING_MS, now + LEASE_MS + 2 * delayMs));
    }
  }
}

describe('HeldSessions', () => {
  it('writes a session so that it counts while it was seen lately, never longer, and never longer than a lease', () => {
    const follow = ({ delayMs, beats }: { delayMs: number; beats: { wait: number; seen: boolean }[] }) => {
      const followed = new Followed();
      let now = 1000;
      for (const { wait, seen } of beats) {
        now += wait;
        const listens = followed.seenAt + LISTENING_MS > now;
        expect(followed.counts > now).toBe(listens);
        if (seen) followed.see(now);
        followed.write(now, delayMs);
        expect(followed.held.size).toBe(listens || seen ? 1 : 0);
      }
    };
    fc.assert(fc.property(plans, follow), { seed: 7 });
  });

  it('holds a session that reads a stream until it stops', () => {
    const budget = { left: 1 };
    const held = new HeldSessions(LISTENING_MS, budget);
    const reader = held.saw(SESSION, 'b1', 0);
    if (reader === undefined) throw new Error('There was room for it.');
    reader.streams++;
    held.due(60_000);
    expect([held.size, budget.left]).toEqual([1, 0]);
    reader.streams--;
    held.due(60_000 + LISTENING_MS);
    expect([held.size, budget.left]).toEqual([0, 1]);
  });

  it('refuses a newcomer when the budget is used up, and goes on with those it has', () => {
    const held = new HeldSessions(LISTENING_MS, { left: 1 });
    expect(held.saw(SESSION, 'b1', 0)).toBeDefined();
    expect(held.saw(`~${'t'.repeat(22)}`, 'b1', 0)).toBeUndefined();
    expect(held.saw(SESSION, 'b2', 1)).toMatchObject({ broadcastId: 'b2', seenAt: 1 });
  });
});
