import type { AlarmState } from '@awaz/infra/alarms';
import type { AlarmName } from '@awaz/infra/contract';
import { describe, expect, it } from '@jest/globals';
import type { SoundReading } from './sound-meter.ts';
import { SoundWatch } from './sound-watch.ts';

const READING: SoundReading = {
  ...{ samples: 48_000, peakDbfs: -12, rmsDbfs: -24, clips: 0 },
  ...{ momentaryLufs: -20, shortTermLufs: -20, integratedLufs: -20 },
};
const SILENT: Partial<SoundReading> = { peakDbfs: -60, rmsDbfs: -70, momentaryLufs: -70, shortTermLufs: -65 };
const GONE: Partial<SoundReading> = { samples: 0, peakDbfs: null, rmsDbfs: null };

/** A watch that gets a reading each second; `now` in seconds. */
class Clock {
  readonly watch: SoundWatch;
  now = 1000;
  constructor(...before: ConstructorParameters<typeof SoundWatch>) {
    this.watch = new SoundWatch(...before);
  }
  pass(seconds: number, more: Partial<SoundReading> = {}): this {
    for (let i = 0; i < seconds; i++) this.watch.take({ ...READING, ...more }, ++this.now * 1000);
    return this;
  }
  level(alarm: keyof SoundWatch['states']): AlarmState['level'] {
    return this.watch.states[alarm].level;
  }
}

describe('SoundWatch', () => {
  it('warns after 15 s of silence, raises the alarm after 60 s, and ends it with two seconds of sound', () => {
    const clock = new Clock().pass(3).pass(15, SILENT);
    expect(clock.level('silence_on_air')).toBe('off');
    clock.pass(1, SILENT);
    expect(clock.watch.states.silence_on_air).toEqual({ level: 'warn', since: 1_004_000 });
    expect(clock.watch.silentMs).toBe(15_000);
    expect(clock.pass(44, SILENT).level('silence_on_air')).toBe('warn');
    expect(clock.pass(1, SILENT).level('silence_on_air')).toBe('alarm');
    expect(clock.pass(1).pass(1, SILENT).level('silence_on_air')).toBe('alarm'); // a click
    expect(clock.pass(2).watch.states.silence_on_air).toEqual({ level: 'off', since: 1_004_000 });
    expect(clock.watch.silentMs).toBe(0);
  });

  it('counts a source that gives nothing as silence, but only once it has given something', () => {
    expect(new Clock().pass(100, GONE).level('silence_on_air')).toBe('off');
    expect(new Clock().pass(1).pass(16, GONE).level('silence_on_air')).toBe('warn');
  });

  it('takes pauses of speech for none', () => {
    const clock = new Clock();
    for (let i = 0; i < 20; i++) clock.pass(1).pass(14, SILENT);
    expect(clock.level('silence_on_air')).toBe('off');
  });

  it('tells of more than three clips within 10 s, until 10 s were clean', () => {
    const clock = new Clock().pass(1, { clips: 3 });
    expect(clock.level('clipping')).toBe('off');
    expect(clock.pass(5).pass(1, { clips: 1 }).level('clipping')).toBe('warn');
    expect(clock.pass(9).level('clipping')).toBe('warn');
    expect(clock.watch.clipped).toBe(1);
    expect(clock.pass(1).level('clipping')).toBe('off');
  });

  it('tells of sound that stays below -38 LUFS, until it is above -35 LUFS', () => {
    const quiet = { peakDbfs: -30, shortTermLufs: -42 };
    const clock = new Clock().pass(5).pass(9, quiet);
    expect(clock.level('too_quiet')).toBe('off');
    expect(clock.pass(1, quiet).level('too_quiet')).toBe('warn');
    expect(clock.pass(20, { shortTermLufs: -36.5 }).level('too_quiet')).toBe('warn');
    expect(clock.pass(3).level('too_quiet')).toBe('off');
  });

  it('does not call silence quiet', () => {
    const clock = new Clock().pass(5).pass(30, SILENT);
    expect(clock.level('too_quiet')).toBe('off');
    const quiet = new Clock().pass(12, { peakDbfs: -30, shortTermLufs: -42 });
    expect(quiet.level('too_quiet')).toBe('warn');
    expect(quiet.pass(20, SILENT).level('too_quiet')).toBe('off');
  });

  it('goes on where the watch of another worker was killed', () => {
    const first = new Clock().pass(3).pass(10, SILENT);
    const second = new Clock({ before: new Map(Object.entries(first.watch.states)) as never, resumes: true });
    second.now = first.now + 2; // it took 2 s
    second.pass(4, SILENT);
    expect(second.watch.states.silence_on_air).toEqual({ level: 'warn', since: 1_004_000 });
  });

  it('does not end what it was told of by another worker before it knows', () => {
    const before = new Map<AlarmName, AlarmState>([
      ['clipping', { level: 'warn', since: 5 }],
      ['silence_on_air', { level: 'alarm', since: 7 }],
    ]);
    const clock = new Clock({ before, resumes: true }).pass(1, GONE);
    expect(clock.level('clipping')).toBe('warn');
    expect(clock.watch.states.silence_on_air).toEqual({ level: 'alarm', since: 7 });
    expect(clock.pass(9).level('clipping')).toBe('off');
  });
});
