import { describe, expect, test } from '@jest/globals';
import { nextPath, signInPathFrom, takeOneTimeToken } from './sign-in-path.ts';

const ORIGIN = 'https://radio.example';
const next = (path: string) => nextPath(new URL(path, ORIGIN).searchParams, ORIGIN);

describe('where a sign-in leads', () => {
  test.each(['/studio', '/studio?station=jazz', '/s/jazz#chat'])('back to %s', (path) => {
    expect(next(signInPathFrom(path))).toBe(path);
  });

  test.each([
    ...['https://evil.example/', '//evil.example', '/\\evil.example', '\\\\evil.example', 'javascript:alert(1)', ''],
    ...['/\t/evil.example', 'studio', '/sign-in?next=/studio', '///evil.example'],
  ])('never to %p', (wish) => {
    expect(next(signInPathFrom(wish))).toBeUndefined();
  });

  test('nowhere in particular when nothing is asked for', () => {
    expect(next('/sign-in')).toBeUndefined();
  });
});

test('the token of a one-time link is taken off the address', () => {
  const replaced: unknown[] = [];
  const history = { replaceState: (...args: unknown[]) => replaced.push(args[2]) } as unknown as History;
  const location = { hash: '#token=abc_-1', pathname: '/sign-in', search: '?next=%2Fadmin' } as Location;
  expect(takeOneTimeToken({ location, history })).toBe('abc_-1');
  expect(replaced).toEqual(['/sign-in?next=%2Fadmin']);
  expect(takeOneTimeToken({ location: { ...location, hash: '' }, history })).toBeUndefined();
  expect(takeOneTimeToken({ location: { ...location, hash: '#token=' }, history })).toBeUndefined();
});
