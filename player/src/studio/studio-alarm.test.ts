import type { AlarmLevel, AlarmName } from '@awaz/infra/contract';
import { describe, expect, test } from '@jest/globals';
import { worstAlarm } from './studio-alarm.ts';

const told = (...alarms: [AlarmName, AlarmLevel][]) => new Map(alarms);

describe('the alarm of the studio', () => {
  test('is what the server tells as well as what the microphone shows', () => {
    expect(worstAlarm(undefined, told())).toBeUndefined();
    expect(worstAlarm('clipping', told())).toBe('clipping');
    expect(worstAlarm(undefined, told(['too_quiet', 'warn']))).toBe('too_quiet');
    expect(worstAlarm(undefined, told(['silence_on_air', 'warn']))).toBe('silence_warn');
  });

  test('is the most urgent one', () => {
    expect(worstAlarm('clipping', told(['silence_on_air', 'alarm'], ['upload_slow', 'warn']))).toBe('silence_alarm');
    expect(worstAlarm('silence_warn', told(['clipping', 'warn']))).toBe('silence_warn');
  });

  test('is none when what was told is over', () => {
    expect(worstAlarm(undefined, told(['silence_on_air', 'off'], ['clipping', 'off']))).toBeUndefined();
  });
});
