import type { ProgrammeMetadata } from '@awaz/infra/contract';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { programmeOfDateRanges } from './date-range-programme.ts';
import { TimedProgramme } from './timed-programme.ts';

const entry = (title: string, at: number): ProgrammeMetadata => ({
  show: null,
  host: null,
  track: { title, artist: '' },
  at,
});

let playingAt: number | null;
let rate: number;
let programme: TimedProgramme;
let told: (string | undefined)[];

/** The playhead moves with the clock, as in a player. */
function play(ms: number): void {
  for (let step = 0; step < ms; step++) {
    if (playingAt !== null) playingAt += rate;
    jest.advanceTimersByTime(1);
  }
}

beforeEach(() => {
  jest.useFakeTimers();
  playingAt = null;
  rate = 1;
  told = [];
  programme = new TimedProgramme(() => ({ playingAt, audio: { paused: rate === 0, playbackRate: rate || 1 } }));
  programme.listen((now) => told.push(now?.track?.title));
});

afterEach(() => {
  programme.close();
  jest.useRealTimers();
});

describe('a timed programme', () => {
  it('tells each entry within a few ms of the moment at which the playhead passes it', () => {
    playingAt = 1000;
    programme.take([entry('b', 2000), entry('a', 1500)]);
    play(499);
    expect(told).toEqual([]);
    play(3);
    expect(told).toEqual(['a']);
    play(500);
    expect(told).toEqual(['a', 'b']);
  });

  it('tells nothing while the playhead is not known or stands before the moment', () => {
    programme.take([entry('a', 10)]);
    play(1000);
    playingAt = 0;
    rate = 0;
    play(1000);
    expect(told).toEqual([]);
    rate = 1;
    play(300);
    expect(told).toEqual(['a']);
  });

  it('follows a playhead that jumps, in both directions', () => {
    playingAt = 0;
    programme.take([entry('a', 0), entry('b', 60_000)]);
    expect(programme.current?.track?.title).toBe('a');
    playingAt = 70_000;
    play(251);
    playingAt = 5000;
    play(251);
    expect(told).toEqual(['a', 'b', 'a']);
  });

  it('tells an entry once, however often and from wherever it comes', () => {
    playingAt = 0;
    for (let n = 0; n < 5; n++) programme.take([entry('a', 0), entry('a', 0)]);
    play(1000);
    expect(told).toEqual(['a']);
  });

  it('forgets all with the broadcast, and is silent once it is closed', () => {
    playingAt = 0;
    programme.take([entry('a', 0)]);
    programme.clear();
    expect(told).toEqual(['a', undefined]);
    programme.close();
    programme.take([entry('b', 0)]);
    play(1000);
    expect(told).toHaveLength(2);
  });
});

describe('date ranges of a playlist', () => {
  it('become the programme that they tell, and nothing else does', () => {
    const range = (attr: Record<string, unknown>, more = {}) => ({
      ...{ class: 'com.awaz.programme', startDate: new Date(5), attr },
      ...more,
    });
    const programmes = programmeOfDateRanges([
      range({ 'X-TITLE': 'T', 'X-ARTIST': 'A', 'X-ART': 'https://x/a.png', 'X-SHOW': 'S', 'X-HOST': 'H' }),
      range({}),
      range({ 'X-TITLE': 'other' }, { class: 'com.apple.hls.interstitial' }),
      range({ 'X-TITLE': 'broken' }, { startDate: new Date(Number.NaN) }),
      undefined,
    ]);
    expect(programmes).toEqual([
      { show: 'S', host: 'H', track: { title: 'T', artist: 'A', art: 'https://x/a.png' }, at: 5 },
      { show: null, host: null, track: null, at: 5 },
    ]);
  });
});
