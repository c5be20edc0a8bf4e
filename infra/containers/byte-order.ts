import { byteAt } from './byte-fields.ts';

/** How often the sum of steps in one byte order must be that of the other for it to be surely wrong. */
const CLEAR_RATIO = 2;

function signed(high: number, low: number): number {
  return ((high << 24) | (low << 16)) >> 16;
}

/**
 * Byte order of 16-bit samples, found from how much they jump: audio moves in small steps, with the bytes the wrong way
 * round it looks like noise. Undefined when neither order is clearly smoother.
 */
export function guessByteOrder(samples: Uint8Array, channels: number): 'little' | 'big' | undefined {
  const step = channels * 2;
  let little = 0;
  let big = 0;
  for (let at = step; at + 1 < samples.length; at++) {
    if (at % 2 === 1) continue;
    const [first, second] = [byteAt(samples, at), byteAt(samples, at + 1)];
    const [firstBefore, secondBefore] = [byteAt(samples, at - step), byteAt(samples, at - step + 1)];
    little += Math.abs(signed(second, first) - signed(secondBefore, firstBefore));
    big += Math.abs(signed(first, second) - signed(firstBefore, secondBefore));
  }
  if (big > CLEAR_RATIO * little) return 'little';
  return little > CLEAR_RATIO * big ? 'big' : undefined;
}

/** A copy of 16-bit samples with the bytes of each exchanged. */
export function swapByteOrder(samples: Uint8Array): Uint8Array {
  const swapped = new Uint8Array(samples.length);
  for (let at = 0; at + 1 < samples.length; at += 2) {
    swapped[at] = byteAt(samples, at + 1);
    swapped[at + 1] = byteAt(samples, at);
  }
  return swapped;
}
