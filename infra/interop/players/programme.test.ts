import { describe, expect, test } from '@jest/globals';
import { CLICK_HZ, clicksIn, type HeardClick } from '../../e2e/clicks.ts';
import { PCM_RATE } from '../../e2e/pcm.ts';
import { hearProgramme } from './heard-programme.ts';
import { CLICK_EVERY_MS, CLICKS_IN_CYCLE, CYCLE_MS, clickProgramme, placeOfClick } from './programme.ts';

/** One cycle, by the ear that the pages have. */
const ONCE = clicksIn(clickProgramme().samples);

const CLOCK = { startedAt: 1_000_000, cycleMs: CYCLE_MS };

/** All clicks of some cycles as somebody hears them who is `latencyMs` behind. */
function heardOf(cycles: number, latencyMs: number): HeardClick[] {
  return Array.from({ length: cycles }, (_, cycle) =>
    ONCE.map(({ at, hz }) => ({ at: CLOCK.startedAt + cycle * CYCLE_MS + (at * 1000) / PCM_RATE + latencyMs, hz })),
  ).flat();
}

describe('the programme of clicks', () => {
  test('each pair of neighbours occurs once in a cycle, the one over the seam too', () => {
    expect(ONCE).toHaveLength(CLICKS_IN_CYCLE);
    const places = ONCE.map((click, i) => placeOfClick(ONCE.at(i - 1) as HeardClick, click));
    expect(places).toEqual(Array.from({ length: CLICKS_IN_CYCLE }, (_, i) => i));
  });

  test.each([0, 550, 6100, 31_000])(
    'somebody who is %i ms behind hears all, and how far behind that is',
    (latencyMs) => {
      const { placed, missing, repeated } = hearProgramme(heardOf(3, latencyMs), CLOCK);
      expect(placed).toHaveLength(3 * CLICKS_IN_CYCLE - 1);
      expect({ missing, repeated }).toEqual({ missing: 0, repeated: 0 });
      for (const click of placed) expect(Math.abs(click.latencyMs - latencyMs)).toBeLessThan(1);
    },
  );

  test.each([1, 2, 3, 4, 5])('a hole of %i clicks is counted, wherever it is', (hole) => {
    const all = heardOf(3, 700);
    for (let from = 5; from < 5 + CLICKS_IN_CYCLE; from++) {
      const { missing, repeated, placed } = hearProgramme(all.toSpliced(from, hole), CLOCK);
      expect({ from, missing, repeated }).toEqual({ from, missing: hole, repeated: 0 });
      expect(Math.max(...placed.map(({ latencyMs }) => latencyMs))).toBeLessThan(701);
    }
  });

  test('clicks that are heard again are counted', () => {
    const all = heardOf(1, 0);
    const again = all.slice(4, 12).map((click) => ({ ...click, at: click.at + 6 * CLICK_EVERY_MS }));
    const { repeated } = hearProgramme([...all.slice(0, 10), ...again], CLOCK);
    expect(repeated).toBeGreaterThan(0);
  });

  test('noise of other pitches is no programme', () => {
    const noise = Array.from({ length: 40 }, (_, i) => ({ at: i * 700, hz: CLICK_HZ[(i * 2) % 8] ?? 0 }));
    expect(hearProgramme(noise, CLOCK).placed).toEqual([]);
  });
});
