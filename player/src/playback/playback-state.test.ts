import { describe, expect, test } from '@jest/globals';
import {
  INITIAL_STATE,
  needsEngine,
  type PlaybackEvent,
  type PlaybackState,
  transition,
  wantsSound,
  watchesAir,
} from './playback-state.ts';

const after = (...events: PlaybackEvent[]): PlaybackState => events.reduce(transition, INITIAL_STATE);
const play = { type: 'play' } as const;
const pause = { type: 'pause' } as const;
const playing = { type: 'playing' } as const;
const ended = { type: 'stream_ended' } as const;
const air = (onAir: boolean) => ({ type: 'air', onAir }) as const;
const outage = { type: 'outage', retryAt: 1000, cause: 'network' } as const;
const behind = (behindSeconds: number, following = true) => ({ type: 'latency', behindSeconds, following }) as const;

describe('the way to sound', () => {
  test('Play connects, and the first sound makes it live', () => {
    expect(after(play)).toEqual({ kind: 'connecting', attempt: 0 });
    expect(after(play, playing)).toEqual({ kind: 'live' });
  });

  test('pressing again while connecting cancels', () => {
    expect(after(play, pause)).toEqual(INITIAL_STATE);
  });

  test('a browser that blocks autoplay asks for a tap and shows no error', () => {
    expect(after(play, { type: 'autoplay_blocked' })).toEqual({ kind: 'idle', tapNeeded: true });
    expect(after(play, { type: 'autoplay_blocked' }, play)).toEqual({ kind: 'connecting', attempt: 0 });
  });

  test('Play on a station that turns out to be off air waits for it and starts by itself', () => {
    expect(after(play, air(false))).toEqual({ kind: 'offair', wanted: true });
    expect(after(play, air(false), air(true))).toEqual({ kind: 'connecting', attempt: 0 });
  });

  test('a fault stops everything until the listener tries again', () => {
    const failed = { type: 'failed', fault: 'codec_unsupported' } as const;
    expect(after(play, failed)).toEqual({ kind: 'error', fault: 'codec_unsupported' });
    expect(after(play, failed, play)).toEqual({ kind: 'connecting', attempt: 0 });
  });
});

describe('off air', () => {
  test('a page opened off air becomes playable when the station starts, without sound of its own accord', () => {
    expect(after(air(false))).toEqual({ kind: 'offair', wanted: false });
    expect(after(air(false), air(true))).toEqual(INITIAL_STATE);
  });

  test('Play and Pause choose whether to start with the station', () => {
    expect(after(air(false), play)).toEqual({ kind: 'offair', wanted: true });
    expect(after(air(false), play, pause)).toEqual({ kind: 'offair', wanted: false });
  });

  test('a listener hears the next broadcast after one that ended, one who paused does not', () => {
    expect(after(play, playing, ended, air(false))).toEqual({ kind: 'ended', wanted: true });
    expect(after(play, playing, ended, air(true))).toEqual({ kind: 'connecting', attempt: 0 });
    expect(after(play, playing, pause, ended, air(true))).toEqual(INITIAL_STATE);
  });
});

describe('pause and distance to live', () => {
  test('a pause keeps the engine for the live window, and its release gives it back', () => {
    const paused = after(play, playing, pause);
    expect(paused).toEqual({ kind: 'behind', paused: true });
    expect(needsEngine(paused)).toBe(true);
    expect(needsEngine(transition(paused, { type: 'released' }))).toBe(false);
  });

  test('a listener who goes on after a pause is behind from 3 s and live again within 3 s', () => {
    expect(after(play, playing, pause, play, behind(5, false))).toEqual({ kind: 'behind', paused: false });
    expect(after(play, playing, pause, play, behind(2, false))).toEqual({ kind: 'live' });
    expect(after(play, playing, behind(4, false))).toEqual({ kind: 'behind', paused: false });
  });

  test('a listener who follows the edge is behind only from 10 s', () => {
    expect(after(play, playing, behind(9))).toEqual({ kind: 'live' });
    expect(after(play, playing, behind(11))).toEqual({ kind: 'behind', paused: false });
  });

  test('a release that comes late does not stop one who plays again', () => {
    expect(after(play, playing, pause, play, { type: 'released' })).toEqual({ kind: 'behind', paused: false });
  });
});

describe('trouble', () => {
  test('a stall ends with the next sound', () => {
    expect(after(play, playing, { type: 'stalled' })).toEqual({ kind: 'stalled' });
    expect(after(play, playing, { type: 'stalled' }, playing)).toEqual({ kind: 'live' });
  });

  test('outages count up until sound comes back', () => {
    const first = after(play, playing, outage);
    expect(first).toEqual({ kind: 'reconnecting', attempt: 1, retryAt: 1000, cause: 'network' });
    const second = [{ type: 'retry' } as const, outage].reduce<PlaybackState>(transition, first);
    expect(second).toMatchObject({ kind: 'reconnecting', attempt: 2 });
    expect([{ type: 'retry' } as const, playing, outage].reduce<PlaybackState>(transition, second)).toMatchObject({
      attempt: 1,
    });
  });

  test('coming online starts the count again, and Try now does not', () => {
    const second = after(play, outage, { type: 'retry' }, outage);
    expect(transition(second, { type: 'online' })).toEqual({ kind: 'connecting', attempt: 0 });
    expect(transition(second, play)).toEqual({ kind: 'connecting', attempt: 2 });
  });

  test('an outage while paused releases the engine instead of reconnecting for nobody', () => {
    expect(after(play, playing, pause, outage)).toEqual(INITIAL_STATE);
  });

  test('a lost source is an interlude that goes on playing', () => {
    const interlude = after(play, playing, { type: 'source_lost' });
    expect(interlude).toEqual({ kind: 'interlude' });
    expect(wantsSound(interlude)).toBe(true);
    expect(transition(interlude, { type: 'source_back' })).toEqual({ kind: 'live' });
  });
});

const STATES: PlaybackState[] = [
  { kind: 'offair', wanted: false },
  { kind: 'offair', wanted: true },
  { kind: 'idle', tapNeeded: false },
  { kind: 'connecting', attempt: 0 },
  { kind: 'live' },
  { kind: 'behind', paused: true },
  { kind: 'behind', paused: false },
  { kind: 'stalled' },
  { kind: 'reconnecting', attempt: 1, retryAt: 0, cause: 'capacity' },
  { kind: 'interlude' },
  { kind: 'ended', wanted: true },
  { kind: 'error', fault: 'geo_or_private' },
];

test.each(STATES)('$kind: the main button does something, and twice does what it says', (state) => {
  const once = transition(state, wantsSound(state) ? pause : play);
  expect(wantsSound(once)).toBe(!wantsSound(state));
});

test.each(STATES)('$kind never holds an engine and asks for the station at once', (state) => {
  expect(needsEngine(state) && watchesAir(state)).toBe(false);
});
