import { expect, test } from '@jest/globals';
import { keyAction } from './keyboard.ts';

const body = { tag: 'BODY', editable: false };
const press = (key: string, focus = body, modified = false) => keyAction({ key, modified, focus });

test('space and K toggle, M mutes, arrows set the volume', () => {
  expect([' ', 'k', 'K', 'm', 'M', 'ArrowUp', 'ArrowDown'].map((key) => press(key))).toEqual([
    'toggle',
    'toggle',
    'toggle',
    'mute',
    'mute',
    'louder',
    'quieter',
  ]);
});

test('space on a button is the button’s own, K is not', () => {
  expect(press(' ', { tag: 'BUTTON', editable: false })).toBeUndefined();
  expect(press('k', { tag: 'BUTTON', editable: false })).toBe('toggle');
});

test('who types is left alone, and so are the shortcuts of browser and system', () => {
  expect(press('k', { tag: 'INPUT', editable: false })).toBeUndefined();
  expect(press('m', { tag: 'DIV', editable: true })).toBeUndefined();
  expect(press('k', body, true)).toBeUndefined();
});

test('other keys do nothing', () => {
  expect(press('x')).toBeUndefined();
  expect(press('Escape')).toBeUndefined();
});
