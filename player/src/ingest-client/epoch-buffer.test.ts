import { describe, expect, test } from '@jest/globals';
import { EpochBuffer } from './epoch-buffer.ts';

function filled(chunks: number): EpochBuffer {
  const epoch = new EpochBuffer('audio/webm;codecs=opus');
  for (let n = 0; n < chunks; n++) epoch.push({ payload: Uint8Array.of(n), capturedAt: 1000 + n * 60, durationMs: 60 });
  return epoch;
}

function sendAll(epoch: EpochBuffer): [seq: number, content: number][] {
  const sent: [number, number][] = [];
  for (let chunk = epoch.takeUnsent(); chunk !== undefined; chunk = epoch.takeUnsent()) {
    sent.push([chunk.seq, chunk.payload[0] ?? -1]);
  }
  return sent;
}

describe('an epoch buffer', () => {
  test('numbers chunks from 0 as they are sent', () => {
    expect(sendAll(filled(3))).toEqual([
      [0, 0],
      [1, 1],
      [2, 2],
    ]);
  });

  test('takes the time since the chunk before as the length of a chunk that has none', () => {
    const epoch = new EpochBuffer('audio/mpeg');
    expect(epoch.push({ payload: Uint8Array.of(0), capturedAt: 1000 })).toBe(0);
    expect(epoch.push({ payload: Uint8Array.of(1), capturedAt: 1060 })).toBe(60);
    expect(epoch.push({ payload: Uint8Array.of(2), capturedAt: 900 })).toBe(0);
  });

  test('sends again from where the server stopped storing', () => {
    const epoch = filled(5);
    sendAll(epoch);
    epoch.acknowledge(1);
    expect(epoch.resumeAt(3)).toBe('continues');
    expect(sendAll(epoch)).toEqual([
      [3, 3],
      [4, 4],
    ]);
  });

  test('sends acknowledged chunks again when the server forgot them', () => {
    const epoch = filled(4);
    sendAll(epoch);
    epoch.acknowledge(3);
    expect(epoch.resumeAt(2)).toBe('continues');
    expect(epoch.unacked).toHaveLength(2);
    expect(sendAll(epoch)).toEqual([
      [2, 2],
      [3, 3],
    ]);
  });

  test('needs a header when the server forgot more than is kept', () => {
    const epoch = filled(6);
    sendAll(epoch);
    epoch.acknowledge(5);
    epoch.trimAcked(1200);
    expect(epoch.resumeAt(2)).toBe('header_needed');
    expect(epoch.restart()).toBe(false);
  });

  test('needs a header when the server is ahead of everything that was sent', () => {
    const epoch = filled(2);
    sendAll(epoch);
    expect(epoch.resumeAt(9)).toBe('header_needed');
  });

  test('closes the gap of a dropped chunk with the next one', () => {
    const epoch = filled(4);
    expect(epoch.dropOldestUnacked(false)?.payload[0]).toBe(1);
    expect(sendAll(epoch)).toEqual([
      [0, 0],
      [1, 2],
      [2, 3],
    ]);
  });

  test('spares the container header until it is acknowledged or the epoch is given up', () => {
    const epoch = filled(1);
    expect(epoch.dropOldestUnacked(false)).toBeUndefined();
    expect(epoch.holdsHeader).toBe(true);
    expect(epoch.dropOldestUnacked(true)?.payload[0]).toBe(0);
    expect(epoch.holdsHeader).toBe(false);
  });

  test('counts what was dropped in flight as neither sent nor acknowledged', () => {
    const epoch = filled(4);
    sendAll(epoch);
    epoch.dropOldestUnacked(false);
    expect(epoch.acknowledge(2).map((chunk) => chunk.payload[0])).toEqual([0, 2]);
    expect(epoch.resumeAt(3)).toBe('continues');
    expect(sendAll(epoch)).toEqual([[3, 3]]);
  });

  test('starts over from its header under a new epoch', () => {
    const epoch = filled(3);
    epoch.id = 'e1';
    sendAll(epoch);
    epoch.acknowledge(1);
    expect(epoch.restart()).toBe(true);
    expect(epoch.id).toBeUndefined();
    expect(sendAll(epoch)).toHaveLength(3);
  });

  test('keeps the newest acknowledged chunk whatever its age', () => {
    const epoch = filled(3);
    sendAll(epoch);
    epoch.acknowledge(2);
    epoch.trimAcked(Number.POSITIVE_INFINITY);
    expect(epoch.resumeAt(2)).toBe('continues');
    expect(sendAll(epoch)).toEqual([[2, 2]]);
  });
});
