import { describe, expect, test } from '@jest/globals';
import { opusCodecFromHead, opusPacketSamples } from './opus-packet.ts';

/** Samples of a packet with this TOC byte (configuration and code, mono) and the bytes given behind it. */
function packet(config: number, code: number, rest: number[] = []): number {
  const bytes = new Uint8Array([(config << 3) | code, ...rest]);
  return opusPacketSamples(bytes, 0, bytes.length);
}

const zeros = (count: number) => new Array<number>(count).fill(0);

describe('the samples of an Opus packet', () => {
  test('follow from its configuration: RFC 6716 table 2', () => {
    const lengths = Array.from({ length: 32 }, (_, config) => packet(config, 0, [1, 2]));
    const silk = [480, 960, 1920, 2880];
    const hybrid = [480, 960];
    const celt = [120, 240, 480, 960];
    expect(lengths).toEqual([silk, silk, silk, hybrid, hybrid, celt, celt, celt, celt].flat());
  });

  test('are those of two frames with codes 1 and 2', () => {
    expect(packet(31, 1, [1, 2, 3, 4])).toBe(1920);
    expect(packet(31, 2, [1, 9, 8, 8])).toBe(1920);
  });

  test('are those of up to 48 frames with code 3, with equal, different and padded ones', () => {
    expect(packet(16, 3, [48, ...new Array<number>(48).fill(1)])).toBe(5760);
    expect(packet(31, 3, [0x80 | 3, 1, 2, 9, 8, 8, 7])).toBe(2880);
    expect(packet(31, 3, [0x40 | 2, 3, 1, 1, 0, 0, 0])).toBe(1920);
    expect(packet(31, 3, [0x40 | 1, 255, 0, ...zeros(254 + 10)])).toBe(960);
  });

  test('are those of silence where a frame is empty', () => {
    expect(packet(31, 0)).toBe(960);
    expect(packet(31, 3, [6])).toBe(5760);
  });

  test.each([
    ['no bytes', () => opusPacketSamples(new Uint8Array(0), 0, 0)],
    ['a frame above 1275 bytes', () => packet(31, 0, zeros(1276))],
    ['an odd number of bytes for two equal frames', () => packet(31, 1, [1, 2, 3])],
    ['a first frame longer than the packet', () => packet(31, 2, [5, 1, 1])],
    ['no length where one belongs', () => packet(31, 2)],
    ['no frame count', () => packet(31, 3)],
    ['a frame count of 0', () => packet(31, 3, [0, 1])],
    ['more than 120 ms', () => packet(31, 3, [7, ...new Array<number>(7).fill(1)])],
    ['bytes that do not divide into the frames', () => packet(31, 3, [2, 1, 1, 1])],
    ['more padding than packet', () => packet(31, 3, [0x40 | 1, 9, 1])],
  ])('are 0 with %s, as decoders refuse it', (_, samples) => {
    expect(samples()).toBe(0);
  });
});

test('the pre-skip stands in the identification header', () => {
  const head = new Uint8Array(19);
  head.set([...'OpusHead'].map((character) => character.charCodeAt(0)));
  head.set([1, 2, 0x38, 0x01], 8);
  expect(opusCodecFromHead(head)?.preSkip).toBe(312);
  expect(opusCodecFromHead(head.subarray(0, 18))).toBeUndefined();
  head[8] = 0x10;
  expect(opusCodecFromHead(head)).toBeUndefined();
});
