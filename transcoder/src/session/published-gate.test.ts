import type { ResumeCursor } from '@awaz/infra/part-log';
import { describe, expect, it } from '@jest/globals';
import { PublishedGate } from './published-gate.ts';

const at = (epoch: string, publishedSample: number): ResumeCursor => ({
  ...{ epoch, publishedSample, format: 'audio/ogg', entryId: '1-1', byteOffset: 0 },
  ...{ restartSample: 0, prefix: '', state: '' },
});

const passed = (gate: PublishedGate, cursors: ResumeCursor[]) =>
  cursors.filter((cursor) => gate.passes({ cursor: () => cursor }));

const SOURCE = [at('a', 1024), at('a', 2048), at('b', 1024), at('b', 2048), at('c', 1024)];

describe('what is published already', () => {
  it('is nothing without a cursor', () => {
    expect(passed(new PublishedGate(undefined, undefined), SOURCE)).toEqual(SOURCE);
  });

  it('does not pass a second time, and all that follows does', () => {
    for (const [published, cursor] of SOURCE.entries()) {
      expect(passed(new PublishedGate(cursor, 'a'), SOURCE)).toEqual(SOURCE.slice(published + 1));
      expect(passed(new PublishedGate(cursor, undefined), SOURCE)).toEqual(SOURCE.slice(published + 1));
    }
  });

  it('holds nothing back when the stream it came from has nothing more', () => {
    expect(passed(new PublishedGate(at('a', 2048), 'a'), SOURCE.slice(2))).toEqual(SOURCE.slice(2));
  });
});
