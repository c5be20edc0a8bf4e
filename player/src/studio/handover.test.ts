import { expect, test } from '@jest/globals';
import { Handover } from './handover.ts';

const MS = 60;
const chunk = (name: number, capturedAt: number) => ({ payload: Uint8Array.of(name), capturedAt, durationMs: MS });

function bench() {
  const sent: (number | string)[] = [];
  const handover = new Handover({
    send: ({ payload }) => sent.push(payload[0] ?? 0),
    nextBegins: () => sent.push('next'),
  });
  return { handover, sent };
}

test('two captures that overlap are joined without a hole, and share at most a part of one chunk', () => {
  const { handover, sent } = bench();
  handover.takeBefore(chunk(1, 1000));
  handover.takeBefore(chunk(2, 1060));
  expect(sent).toEqual([]);
  handover.takeNext(chunk(11, 1090)); // holds 1030 to 1090
  handover.takeBefore(chunk(3, 1120)); // from 1060: the next one has that
  handover.takeNext(chunk(12, 1150));
  handover.end();
  handover.takeNext(chunk(13, 1210));
  expect(sent).toEqual([1, 2, 'next', 11, 12, 13]);
});

test('what came before is whole when the next capture gives nothing yet', () => {
  const { handover, sent } = bench();
  handover.takeBefore(chunk(1, 1000));
  handover.end();
  handover.takeNext(chunk(11, 1200));
  expect(sent).toEqual([1, 'next', 11]);
});
