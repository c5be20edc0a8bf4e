import { describe, expect, test } from '@jest/globals';
import { ServerClock } from './server-clock.ts';

describe('the server clock', () => {
  test('knows nothing before the first answer', () => {
    const clock = new ServerClock();
    expect(clock.offsetMs).toBeUndefined();
    expect(clock.rttMs).toBeUndefined();
  });

  test('believes the answer with the shortest round trip', () => {
    const clock = new ServerClock();
    clock.measure({ sentAt: 1000, receivedAt: 1400, serverTime: 6350 });
    clock.measure({ sentAt: 2000, receivedAt: 2010, serverTime: 7005 });
    clock.measure({ sentAt: 3000, receivedAt: 3200, serverTime: 8020 });
    expect(clock.offsetMs).toBe(5000);
    expect(clock.rttMs).toBe(200);
  });

  test('forgets old answers', () => {
    const clock = new ServerClock();
    clock.measure({ sentAt: 0, receivedAt: 1, serverTime: 9000 });
    for (let n = 0; n < 32; n++) clock.measure({ sentAt: n, receivedAt: n + 20, serverTime: n + 10 });
    expect(clock.offsetMs).toBe(0);
  });
});
