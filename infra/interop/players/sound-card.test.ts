import { describe, expect, test } from '@jest/globals';
import { tone } from '../../testkit/index.ts';
import { hearProgramme } from './heard-programme.ts';
import { CLICKS_IN_CYCLE, CYCLE_MS, clickProgramme } from './programme.ts';
import { CARD_RATE, SoundCard } from './sound-card.ts';

function bytesOf(samples: Float32Array): Buffer {
  return Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
}

const second = bytesOf(tone({ seconds: 1, channels: 1, amplitude: 0.02, frequencyHz: 300 }).samples);

describe('the sound card', () => {
  test('sound that comes early is heard at the pace of the clock', () => {
    const card = new SoundCard();
    card.take(bytesOf(clickProgramme().samples), 5000);
    const { placed, missing } = hearProgramme(card.clicks, { startedAt: 5000, cycleMs: CYCLE_MS });
    expect(placed).toHaveLength(CLICKS_IN_CYCLE - 1);
    expect(missing).toBe(0);
    for (const { latencyMs } of placed) expect(Math.abs(latencyMs - 300)).toBeLessThan(1);
    expect(card).toMatchObject({ startedAt: 5300, seconds: CYCLE_MS / 1000, stalls: [], gaps: [] });
  });

  test('pieces of any size are the same sound', () => {
    const whole = bytesOf(clickProgramme().samples);
    const [once, pieces] = [new SoundCard(), new SoundCard()];
    once.take(whole, 0);
    for (let at = 0; at < whole.length; at += 4093) pieces.take(whole.subarray(at, at + 4093), 0);
    expect(pieces.clicks).toEqual(once.clicks);
    expect(pieces.seconds).toBe(once.seconds);
  });

  test('a card with nothing to play stalls until there is more', () => {
    const card = new SoundCard();
    card.take(second, 1000); // heard from 1300 to 2300
    expect(card.aheadMs(2000)).toBe(300);
    card.take(second, 2200); // in time: to 3300
    expect(card.stalls).toEqual([]);
    card.take(second, 4000);
    expect(card.stalls).toEqual([{ at: 3300, ms: 1000 }]);
    expect(card.aheadMs(4000)).toBe(1300);
  });

  test('silence within the sound is a hole', () => {
    const card = new SoundCard();
    const hole = Buffer.alloc((CARD_RATE / 10) * 4);
    card.take(Buffer.concat([hole, second, hole, second]), 0);
    expect(card.gaps).toHaveLength(1);
    expect(card.gaps[0]?.ms).toBeCloseTo(100, 0);
    expect(card.gaps[0]?.at).toBeCloseTo(300 + 100 + 1000, 0);
  });
});
