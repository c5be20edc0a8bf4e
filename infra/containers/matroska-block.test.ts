import { describe, expect, test } from '@jest/globals';
import { readElement, readVint, UNKNOWN_SIZE } from './ebml.ts';
import { readBlock, readBlockGroup } from './matroska-block.ts';

describe('EBML', () => {
  test('a number has as many bytes as its first byte says', () => {
    expect(readVint(new Uint8Array([0x81]), 0)).toEqual({ value: 1, bytes: 1 });
    expect(readVint(new Uint8Array([0x40, 0x02]), 0)).toEqual({ value: 2, bytes: 2 });
    expect(readVint(new Uint8Array([0x01, 0, 0, 0, 0, 0, 1, 0]), 0)).toEqual({ value: 256, bytes: 8 });
    expect(readVint(new Uint8Array([0]), 0)).toBeUndefined();
  });

  test('all ones are an unknown size, in every length', () => {
    expect(readVint(new Uint8Array([0xff]), 0)?.value).toBe(UNKNOWN_SIZE);
    expect(readVint(new Uint8Array([0x7f, 0xff]), 0)?.value).toBe(UNKNOWN_SIZE);
    expect(readVint(new Uint8Array([0x01, 255, 255, 255, 255, 255, 255, 255]), 0)?.value).toBe(UNKNOWN_SIZE);
  });

  test('an element head asks for the bytes that are missing', () => {
    const head = [0x1f, 0x43, 0xb6, 0x75, 0x40, 0x05];
    expect(readElement(new Uint8Array(head.slice(0, 1)), 0)).toBe(2);
    expect(readElement(new Uint8Array(head.slice(0, 4)), 0)).toBe(5);
    expect(readElement(new Uint8Array(head.slice(0, 5)), 0)).toBe(6);
    expect(readElement(new Uint8Array(head), 0)).toEqual({ id: 0x1f43b675, size: 5, headBytes: 6 });
    expect(readElement(new Uint8Array([0x08, 0x81]), 0)).toBeUndefined();
  });
});

const LACING = { none: 0, xiph: 2, fixed: 4, ebml: 6 } as const;

function framesOf(lacing: number, payload: number[]) {
  const block = new Uint8Array([0x81, 0, 0, lacing, ...payload]);
  return readBlock(block, 0, block.length)?.frames;
}

describe('the frames of a block', () => {
  test('are one without lacing', () => {
    expect(framesOf(LACING.none, [1, 2, 3])).toEqual([{ start: 4, length: 3 }]);
  });

  test('are equal with fixed lacing', () => {
    const frames = [
      { start: 5, length: 2 },
      { start: 7, length: 2 },
    ];
    expect(framesOf(LACING.fixed, [1, 1, 1, 2, 2])).toEqual(frames);
    expect(framesOf(LACING.fixed, [1, 1, 1, 2])).toBeUndefined();
  });

  test('have sums of bytes as sizes with Xiph lacing', () => {
    const payload = [2, 255, 1, 2, ...new Array<number>(256 + 2 + 3).fill(0)];
    expect(framesOf(LACING.xiph, payload)?.map(({ length }) => length)).toEqual([256, 2, 3]);
    expect(framesOf(LACING.xiph, [1, 9, 0, 0])).toBeUndefined();
  });

  test('have differences as sizes with EBML lacing', () => {
    const payload = [2, 0x85, 0xbf - 2, ...new Array<number>(5 + 3 + 4).fill(0)];
    expect(framesOf(LACING.ebml, payload)?.map(({ length }) => length)).toEqual([5, 3, 4]);
    expect(framesOf(LACING.ebml, [1, 0xff, 0])).toBeUndefined();
    expect(framesOf(LACING.ebml, [2, 0x81, 0x80, 0, 0])).toBeUndefined();
  });

  test('of a group come with the time that is trimmed', () => {
    const block = [0xa1, 0x85, 0x81, 0, 0, 0, 7];
    const group = new Uint8Array([...block, 0x75, 0xa2, 0x83, 0x01, 0x00, 0x00]);
    expect(readBlockGroup(group, 0, group.length)).toEqual({
      trackNumber: 1,
      frames: [{ start: 6, length: 1 }],
      discardPaddingNs: 65_536,
    });
    expect(readBlockGroup(group, block.length, group.length)).toBeUndefined();
  });
});
