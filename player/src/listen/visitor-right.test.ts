import { expect, test } from '@jest/globals';
import { signal } from '@preact/signals';
import type { PlaybackState } from '../playback/index.ts';
import { VisitorRight } from './visitor-right.ts';

const UNKNOWN = { state: { kind: 'error', fault: 'unknown_station' } as PlaybackState };
const IDLE = { state: { kind: 'idle', tapNeeded: false } as PlaybackState };

const open = (search: string) => {
  const live = signal<{ accessToken: () => string; accountId: ReturnType<typeof signal<string | undefined>> }>();
  const right = new VisitorRight(new URLSearchParams(search), live);
  const playback = signal<{ state: PlaybackState }>(IDLE);
  const calls = { openLive: 0, admit: 0, ask: 0 };
  right.seek({
    playback,
    openLive: () => calls.openLive++,
    player: { admit: () => void calls.admit++ },
    ask: async () => void calls.ask++,
  });
  return { right, live, playback, calls };
};

test('the token of a link is used as it is; what is none is not', () => {
  const token = `listen_${'a'.repeat(32)}`;
  expect(open(`?token=${token}`).right.token).toBe(token);
  expect(open('?token=listen_short').right.token).toBeUndefined();
});

test('whoever is signed in is asked for a right once, and only where the station seems unknown', () => {
  const { right, live, playback, calls } = open('');
  const accountId = signal<string | undefined>(undefined);
  live.value = { accessToken: () => 'access', accountId };
  accountId.value = 'ayesha';
  expect([right.token, calls.admit]).toEqual([undefined, 0]);
  playback.value = { ...UNKNOWN };
  expect([right.token, calls.admit]).toEqual(['access', 1]);
  playback.value = { ...IDLE };
  playback.value = { ...UNKNOWN };
  expect(calls.admit).toBe(1);
  accountId.value = 'bilal';
  expect(calls).toMatchObject({ admit: 2, ask: 2 });
});

test('who is signed in is found out when the station seems unknown', () => {
  const { playback, calls } = open('');
  playback.value = { ...UNKNOWN };
  expect(calls).toEqual({ openLive: 1, admit: 0, ask: 0 });
});
