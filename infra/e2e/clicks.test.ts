import { expect, test } from '@jest/globals';
import { clickCycle, clickIdOf, clicksIn, matchClicks } from './clicks.ts';
import { stallsIn } from './page-probe.ts';

test('every click of the cycle is found at its place and by its pitch', () => {
  const found = clicksIn(clickCycle().samples);
  expect(found.map(({ hz }) => clickIdOf(hz))).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(found[1]?.at).toBe(((1600 + 120 + 400) * 48_000) / 1000);
});

test('a click keeps its pitch when a player cut a piece out of it', () => {
  const { samples } = clickCycle();
  const from = ((400 + 8) * 48_000) / 1000;
  const cut = Float32Array.from([...samples.subarray(0, from), ...samples.subarray(from + 960, 96_000)]);
  expect(clicksIn(cut).map(({ hz }) => clickIdOf(hz))).toEqual([0]);
});

test('a missing, a doubled and a strange click are told', () => {
  const said = [500, 640, 820, 1050].map((hz, i) => ({ at: i * 1600, hz }));
  const heard = [
    { at: 600, hz: 505 },
    { at: 620, hz: 505 },
    { at: 3800, hz: 815 },
    { at: 4000, hz: 2800 },
    { at: 5400, hz: 1060 },
  ];
  const match = matchClicks(said, heard);
  expect(match.pairs.map(({ latencyMs }) => latencyMs)).toEqual([600, 600, 600]);
  expect(match.missing).toEqual([said[1]]);
  expect(match.doubled).toEqual([heard[1]]);
  expect(match.unknown).toEqual([heard[3]]);
});

test('a wait counts as a stall only after the first sound and unless the listener paused', () => {
  const moments = [
    { name: 'waiting', at: 0 },
    { name: 'playing', at: 100 },
    { name: 'waiting', at: 1000 },
    { name: 'playing', at: 1010 },
    { name: 'waiting', at: 2000 },
    { name: 'playing', at: 2200 },
    { name: 'waiting', at: 3000 },
    { name: 'pause', at: 3100 },
    { name: 'playing', at: 9000 },
  ].map((moment) => ({ ...moment, time: 0 }));
  expect(stallsIn(moments)).toEqual([{ at: 2000, ms: 200 }]);
});
