import { describe, expect, it } from '@jest/globals';
import { messageText, Tally } from './tally.ts';

describe('Tally', () => {
  it('counts what is lost, told twice and out of order, for each client', () => {
    const tally = new Tally(4, 0);
    const [whole, holes] = [tally.ear(), tally.ear()];
    for (let number = 0; number < 4; number++) {
      tally.sent(number, number * 10);
      if (number < 3) tally.took(number);
      tally.told(whole, messageText(number, number % 2), number * 10 + 5);
    }
    tally.told(holes, messageText(2, 0), 30);
    tally.told(holes, messageText(0, 0), 30);
    tally.told(holes, messageText(0, 0), 30);
    tally.told(holes, 'hello', 30);
    expect(tally).toMatchObject({ taken: 3, doubled: 1, disordered: 1 });
    expect(tally.lost([whole, holes])).toBe(1);
    expect(tally.lost([whole])).toBe(0);
  });

  it('measures from writing to each arrival, without the first ones', () => {
    const tally = new Tally(3, 1);
    const ear = tally.ear();
    for (const [number, latency] of [1000, 10, 20].entries()) {
      tally.sent(number, 0);
      tally.told(ear, messageText(number, 0), latency);
    }
    expect(tally.latencyMs()).toEqual({ p50: 15, p99: expect.closeTo(19.9), most: 20 });
  });
});
