import { describe, expect, it } from '@jest/globals';
import { CountBoard } from './count-board.ts';
import { parseStationCount, type StationCount } from './listener-count.ts';

const count = (at: number, listeners: number): StationCount => ({
  ...{ station: 'radio', at, count: listeners, peak: 9, exact: true, broadcastId: 'b1' },
});

function watched() {
  const faults: unknown[] = [];
  const heard: number[] = [];
  const board = new CountBoard((error) => faults.push(error));
  board.watch('radio', () => {
    throw new Error('of a watcher');
  });
  const stop = board.watch('radio', ({ count }) => heard.push(count));
  return { board, heard, faults, stop };
}

describe('CountBoard', () => {
  it('tells new numbers once, old news never, and goes on after a watcher failed', () => {
    const { board, heard, faults, stop } = watched();
    for (const [at, listeners] of [
      [1000, 1],
      [1000, 1],
      [2000, 1],
      [3000, 2],
      [2500, 7],
    ] as const) {
      board.take(count(at, listeners), at);
    }
    expect(heard).toEqual([1, 2]);
    expect(faults).toHaveLength(2);
    stop();
    board.take(count(4000, 5), 4000);
    expect(heard).toEqual([1, 2]);
  });

  it('believes a count after the clock of Redis was set back', () => {
    const { board, heard } = watched();
    board.take(count(100_000, 1), 0);
    board.take(count(40_000, 2), 1000);
    expect(heard).toEqual([1, 2]);
  });

  it('wants a station counted each second while somebody listens, and forgets one that rests', () => {
    const board = new CountBoard(() => undefined);
    board.take(count(1000, 1), 1000);
    expect([board.due(1999), board.due(2000)]).toEqual([[], ['radio']]);
    board.take(count(2000, 0), 2000);
    expect([board.due(4000), board.all().length]).toEqual([[], 1]);
    board.due(70_000);
    expect(board.all()).toEqual([]);
  });
});

describe('parseStationCount', () => {
  it('reads a count and nothing else', () => {
    const good = count(1, 2);
    expect(parseStationCount(JSON.stringify(good))).toEqual(good);
    for (const text of ['', '{', 'null', '7', '[]', '{}', JSON.stringify({ ...good, count: '2' })]) {
      expect(parseStationCount(text)).toBeUndefined();
    }
  });
});
