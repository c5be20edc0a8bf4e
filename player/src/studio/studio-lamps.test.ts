import { describe, expect, test } from '@jest/globals';
import { type AirView, OFF_AIR } from './air-session.ts';
import type { MicrophoneState } from './microphone.ts';
import { isOnAir, lampsOf } from './studio-lamps.ts';

const OPEN: MicrophoneState = {
  kind: 'open',
  device: { deviceId: 'usb', label: 'USB microphone' },
  isMuted: false,
  ignored: [],
};
const LIVE: AirView = { ...OFF_AIR, state: 'open', ackAgeMs: 60, isOnAir: true, onAirSince: 1 };

const facts = (change: Partial<{ microphone: MicrophoneState; hasSignal: boolean; air: AirView }> = {}) => ({
  microphone: OPEN,
  hasSignal: true,
  air: LIVE,
  ...change,
});

describe('the lamps', () => {
  test('are all on, and the red sign with them, when all is measured to work', () => {
    const lamps = lampsOf(facts());
    expect(lamps).toEqual({
      mic: { state: 'on', detail: 'signal' },
      server: { state: 'on', detail: 'stored' },
      listeners: { state: 'on', detail: 'on_air' },
    });
    expect(isOnAir(lamps)).toBe(true);
  });

  test.each<[string, Parameters<typeof facts>[0], string]>([
    ['no signal', { hasSignal: false }, 'mic waiting no_signal'],
    ['a muted headset', { microphone: { ...OPEN, isMuted: true } as MicrophoneState }, 'mic bad muted'],
    ['an unplugged microphone', { microphone: { kind: 'lost', label: 'USB' } }, 'mic bad lost'],
    ['no answer for 3 s', { air: { ...LIVE, ackAgeMs: 3000 } }, 'server waiting waiting'],
    ['no answer ever', { air: { ...LIVE, ackAgeMs: undefined } }, 'server waiting waiting'],
    ['a cut connection', { air: { ...LIVE, state: 'reconnecting', isOnAir: false } }, 'server bad reconnecting'],
    ['nothing published yet', { air: { ...LIVE, isOnAir: false, onAirSince: undefined } }, 'listeners waiting waiting'],
    ['nothing published any more', { air: { ...LIVE, isOnAir: false } }, 'listeners waiting filler'],
  ])('say %s, and the red sign is off', (_, change, reading) => {
    const lamps = lampsOf(facts(change));
    const readings = Object.entries(lamps).map(([name, { state, detail }]) => `${name} ${state} ${detail}`);
    expect(readings).toContain(reading);
    expect(isOnAir(lamps)).toBe(false);
  });

  test('are off before anything was done', () => {
    const lamps = lampsOf({ microphone: { kind: 'closed', canAskSilently: false }, hasSignal: false, air: OFF_AIR });
    expect(Object.values(lamps).map((lamp) => lamp.state)).toEqual(['off', 'off', 'off']);
  });
});
