import { describe, expect, it } from '@jest/globals';
import { Inbox } from './inbox.ts';

const signal = new AbortController().signal;

function inbox(maxBytes = 100) {
  const told: string[] = [];
  const box = new Inbox<string>({ maxBytes, onFull: () => told.push('full'), onRoom: () => told.push('room') });
  return { box, told };
}

describe('Inbox', () => {
  it('hands messages out in order, waiting for those to come', async () => {
    const { box } = inbox();
    box.push('a', 1);
    box.push('b', 1);
    expect(await box.next(signal)).toBe('a');
    expect(await box.next(signal)).toBe('b');
    const later = box.next(signal);
    box.push('c', 1);
    expect(await later).toBe('c');
  });

  it('asks the sender to wait when it is full, and to go on when it is half empty', async () => {
    const { box, told } = inbox();
    for (const name of ['a', 'b', 'c']) box.push(name, 40);
    expect(told).toEqual(['full']);
    await box.next(signal);
    expect(told).toEqual(['full']);
    await box.next(signal);
    expect(told).toEqual(['full', 'room']);
    expect(box.bytes).toBe(40);
  });

  it('ends a wait with the reason of the signal, and hands out nothing after', async () => {
    const { box } = inbox();
    const abort = new AbortController();
    const wait = box.next(abort.signal);
    abort.abort(new Error('over'));
    await expect(wait).rejects.toThrow('over');
    box.push('a', 1);
    await expect(box.next(abort.signal)).rejects.toThrow('over');
  });
});
