import { describe, expect, test } from '@jest/globals';
import type { PlaybackState } from '../playback/playback-state.ts';
import { buttonLabel, playerMessage, spokenMessage } from './player-message.ts';

const context = (elapsedMs = 0) => ({ now: 100_000 + elapsedMs, since: 100_000, station: 'Radio Lahore' });
const reconnecting = { kind: 'reconnecting', attempt: 1, retryAt: 103_400, cause: 'network' } as const;

describe('what the listener reads', () => {
  test('a connect is called slow only after 4 s', () => {
    const state: PlaybackState = { kind: 'connecting', attempt: 0 };
    expect(playerMessage(state, context(3999))).toBe('');
    expect(playerMessage(state, context(4000))).toBe('Your connection is slow. Still trying…');
  });

  test('a short wait for data is not mentioned', () => {
    expect(playerMessage({ kind: 'stalled' }, context(1900))).toBe('');
    expect(playerMessage({ kind: 'stalled' }, context(2000))).toBe('Buffering…');
  });

  test('an outage counts down and says so', () => {
    expect(playerMessage(reconnecting, context())).toBe('Connection lost. Trying again in 4\u00a0s.');
    expect(playerMessage(reconnecting, context(3300))).toBe('Connection lost. Trying again in 1\u00a0s.');
    expect(playerMessage(reconnecting, context(9000))).toBe('Connection lost. Trying again…');
  });

  test('a blocked autoplay is an invitation', () => {
    expect(playerMessage({ kind: 'idle', tapNeeded: true }, context())).toBe('Tap to listen.');
  });

  test('the end says what comes next', () => {
    expect(playerMessage({ kind: 'ended', wanted: false }, context())).toContain('Press play');
    expect(playerMessage({ kind: 'ended', wanted: true }, context())).toContain('Playback starts by itself');
  });
});

describe('what a screen reader says', () => {
  test('names the station once it plays', () => {
    expect(spokenMessage({ kind: 'live' }, context())).toBe('Playing Radio Lahore');
  });

  test('does not change with every second of a countdown', () => {
    expect(spokenMessage(reconnecting, context(0))).toBe(spokenMessage(reconnecting, context(2000)));
  });
});

test.each([
  [{ kind: 'idle', tapNeeded: false }, 'Play'],
  [{ kind: 'live' }, 'Pause'],
  [{ kind: 'connecting', attempt: 0 }, 'Stop connecting'],
  [{ kind: 'behind', paused: true }, 'Play'],
  [{ kind: 'offair', wanted: false }, 'Play when on air'],
  [{ kind: 'ended', wanted: true }, 'Do not wait'],
  [{ kind: 'error', fault: 'insecure_blocked' }, 'Try again'],
] satisfies [PlaybackState, string][])('the button says what it does: %j', (state, label) => {
  expect(buttonLabel(state)).toBe(label);
});
