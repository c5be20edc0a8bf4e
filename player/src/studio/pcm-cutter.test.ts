import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FRAME_SAMPLES, PcmCutter } from './pcm-cutter.ts';

test('a PCM cutter leaves out no sample and doubles none, whatever the size of the blocks', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3000 }), { maxLength: 30 }), (lengths) => {
      const cutter = new PcmCutter(2);
      const left: number[] = [];
      const right: number[] = [];
      let sample = 0;
      const ends: number[] = [];
      for (const length of lengths) {
        const block = [
          Float32Array.from({ length }, (_, n) => sample + n),
          Float32Array.from({ length }, (_, n) => -(sample + n)),
        ];
        sample += length;
        cutter.add(block, length, (frame, rest) => {
          left.push(...frame.subarray(0, FRAME_SAMPLES));
          right.push(...frame.subarray(FRAME_SAMPLES));
          ends.push(sample - rest);
        });
      }
      const whole = Math.floor(sample / FRAME_SAMPLES) * FRAME_SAMPLES;
      expect(left).toEqual(Array.from({ length: whole }, (_, n) => n));
      expect(right.map(Math.abs)).toEqual(left);
      expect(ends).toEqual(Array.from({ length: whole / FRAME_SAMPLES }, (_, n) => (n + 1) * FRAME_SAMPLES));
    }),
    { numRuns: 15 },
  );
});

test('a channel that is missing is silent', () => {
  const frames: Float32Array[] = [];
  new PcmCutter(2).add([new Float32Array(960).fill(0.5)], 960, (frame) => frames.push(frame));
  expect([frames[0]?.[0], frames[0]?.[960]]).toEqual([0.5, 0]);
});
