import { expect, test } from '@jest/globals';
import { chooseEngine } from './engine-choice.ts';

const webkit = { managedMediaSource: true, mediaSource: true };
const oldPhone = { managedMediaSource: false, mediaSource: false };
const chromium = { managedMediaSource: false, mediaSource: true };

test('WebKit and browsers without Media Source play HLS by themselves, all others get hls.js', () => {
  expect(chooseEngine(webkit)).toBe('native');
  expect(chooseEngine(oldPhone)).toBe('native');
  expect(chooseEngine(chromium)).toBe('hlsjs');
});

test('a name in the address forces its engine, and what is no name does not', () => {
  expect(chooseEngine(webkit, 'hlsjs')).toBe('hlsjs');
  expect(chooseEngine(chromium, 'hlsjs-default')).toBe('hlsjs-default');
  expect(chooseEngine(chromium, 'flash')).toBe('hlsjs');
});
