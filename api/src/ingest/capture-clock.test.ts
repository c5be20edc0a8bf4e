import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CaptureClock } from './capture-clock.ts';

describe('CaptureClock', () => {
  it('takes the quickest message for the offset when nothing else is known', () => {
    const clock = new CaptureClock();
    // The client is 10 s ahead; messages take 50, 20 and 80 ms.
    clock.capturedAt(10_000, 50);
    clock.capturedAt(10_060, 80);
    expect(clock.offsetMs).toBe(-9980);
    expect(clock.capturedAt(10_120, 200)).toBe(140);
  });

  it('takes the hold of the encoder and half a round trip off when a hello told the time', () => {
    const clock = new CaptureClock();
    clock.greeted(1_000_000, 5015); // 15 ms under way
    clock.measured(40);
    clock.measured(30);
    // Captured at server time 6000, held for 70 ms by the encoder, 15 ms under way.
    expect(clock.capturedAt(1_001_000, 6085)).toBe(6000);
  });

  it('knows the age of a backlog from the hello, or from the connection before', () => {
    const told = new CaptureClock();
    told.greeted(50_000, 50_010);
    expect(told.capturedAt(20_000, 50_020)).toBe(20_010);
    expect(told.capturedAt(20_060, 50_021)).toBe(20_070);
    const remembered = new CaptureClock({ offsetMs: 10 });
    expect(remembered.capturedAt(20_000, 50_020)).toBe(20_010);
  });

  it('follows a client whose clock runs slow', () => {
    const clock = new CaptureClock();
    clock.greeted(0, 5);
    let worst = 0;
    for (let time = 0; time < 3_600_000; time += 1000) {
      const slow = time * (1 - 50e-6);
      worst = Math.max(worst, Math.abs(clock.capturedAt(slow, time + 65) - time));
    }
    expect(worst).toBeLessThan(70);
  });

  it('starts anew when the client sets its clock back, and goes on when it sets it forward', () => {
    const clock = new CaptureClock();
    clock.capturedAt(1_000_000, 1000);
    expect(clock.capturedAt(10_000, 1060)).toBe(1060);
    expect(clock.capturedAt(10_060, 1120)).toBe(1120);
    expect(clock.capturedAt(9_000_000, 1180)).toBe(1180);
    expect(clock.capturedAt(9_000_060, 1240)).toBe(1240);
  });

  it('never tells a time after the arrival or before the chunk before, whatever a client claims', () => {
    const time = fc.double({ min: -8.64e15, max: 8.64e15, noNaN: true });
    const chunks = fc.array(fc.tuple(time, fc.nat(500)), { maxLength: 200 });
    fc.assert(
      fc.property(fc.option(time), fc.option(fc.nat(2000)), chunks, (greeting, roundTrip, all) => {
        const clock = new CaptureClock();
        let now = 1_700_000_000_000;
        if (greeting !== null) clock.greeted(greeting, now);
        if (roundTrip !== null) clock.measured(roundTrip);
        let last = Number.NEGATIVE_INFINITY;
        for (const [claimed, wait] of all) {
          now += wait;
          const captured = clock.capturedAt(claimed, now);
          expect(captured).toBeLessThanOrEqual(now);
          expect(captured).toBeGreaterThanOrEqual(last);
          last = captured;
        }
      }),
      { numRuns: 300 },
    );
  });

  it('goes on after the newest chunk of the connection before', () => {
    const clock = new CaptureClock({ capturedAt: 5000 });
    clock.greeted(4000, 4000);
    expect(clock.capturedAt(4900, 6000)).toBe(5000);
    expect(clock.capturedAt(5100, 6000)).toBe(5100);
  });
});
