import { expect, test } from '@jest/globals';
import { isSentAsItIs, sizeFault, sizeWithin } from './picture-file.ts';

test('a picture is made smaller in its own shape, and never larger', () => {
  expect(sizeWithin({ width: 4000, height: 3000 })).toEqual({ width: 1000, height: 750 });
  expect(sizeWithin({ width: 3, height: 9000 })).toEqual({ width: 1, height: 1000 });
  expect(sizeWithin({ width: 640, height: 480 })).toEqual({ width: 640, height: 480 });
});

test('what the server takes is sent as it is, what it does not take is drawn anew', () => {
  const limit = 2 * 1024 * 1024;
  expect(isSentAsItIs({ type: 'image/png', size: limit })).toBe(true);
  expect(isSentAsItIs({ type: 'image/png', size: limit + 1 })).toBe(false);
  expect(isSentAsItIs({ type: 'image/gif', size: 10 })).toBe(false);
});

test('a picture needs 64 pixels on each side', () => {
  expect(sizeFault({ width: 64, height: 64 })).toBeUndefined();
  expect(sizeFault({ width: 640, height: 63 })).toEqual({ kind: 'too_small', width: 640, height: 63 });
});
