import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';
import { describe, expect, test } from '@jest/globals';
import { OFF_AIR } from './air-session.ts';
import type { MicrophoneFault } from './microphone-fault.ts';
import { type MessageFacts, studioMessage } from './studio-message.ts';

const WELL: MessageFacts = {
  isOnline: true,
  microphone: { kind: 'open', device: { deviceId: 'usb', label: 'USB' }, isMuted: false, ignored: [] },
  alarm: undefined,
  air: OFF_AIR,
  airStateMs: 0,
  outcome: undefined,
  isResumable: false,
};

const LIVE = { ...WELL, air: { ...OFF_AIR, state: 'open' as const } };
const message = (change: Partial<MessageFacts>, base: MessageFacts = WELL) => studioMessage({ ...base, ...change });

describe('the message of the studio', () => {
  test('is none when all is well', () => {
    expect(studioMessage(WELL)).toBeUndefined();
    expect(studioMessage(LIVE)).toBeUndefined();
  });

  test('counts what is saved while the connection is lost', () => {
    const air = { ...OFF_AIR, state: 'reconnecting' as const, unackedMs: 12_345 };
    expect(message({ air })).toMatchObject({ tone: 'warn', title: 'Connection lost. Keep talking: 12\u00a0s saved.' });
  });

  test('says when no more can be saved', () => {
    const air = { ...OFF_AIR, state: 'reconnecting' as const, unackedMs: 59_990 };
    expect(message({ air })).toMatchObject({ tone: 'danger', title: 'Connection lost for more than a minute.' });
  });

  test('says what an uplink that is too slow for the preset gets instead, until it gets all again', () => {
    const sound = { kind: 'encoder' as const, wishedBitsPerSecond: 128_000, fallbackReason: undefined };
    const slow = { ...LIVE.air, sound: { ...sound, bitsPerSecond: 96_000 } };
    const title = 'Upload is too slow for 128\u00a0kbit/s. Lowered to 96 so nobody hears a gap.';
    expect(message({ air: slow })).toMatchObject({ tone: 'warn', title });
    expect(message({ air: { ...slow, sound: { ...sound, bitsPerSecond: 128_000 } } })).toBeUndefined();
  });

  test('is patient with connecting for 3 s', () => {
    const air = { ...OFF_AIR, state: 'connecting' as const };
    expect(message({ air, airStateMs: 2900 })).toBeUndefined();
    expect(message({ air, airStateMs: 3100 })).toMatchObject({ tone: 'warn' });
  });

  test('names the microphone that was unplugged, on air loudly', () => {
    const microphone = { kind: 'lost', label: 'USB microphone' } as const;
    expect(message({ microphone }, LIVE)).toMatchObject({
      tone: 'danger',
      title: 'USB microphone was unplugged. You are silent.',
      action: 'open_microphone',
    });
    expect(message({ microphone })).toMatchObject({ tone: 'warn', title: 'USB microphone was unplugged.' });
  });

  test('tells the connection before the sound: one message at a time', () => {
    const air = { ...OFF_AIR, state: 'reconnecting' as const };
    expect(message({ air, alarm: 'clipping' })?.title).toContain('Connection lost');
    expect(message({ alarm: 'clipping' }, LIVE)?.title).toBe('Too loud: distortion.');
  });

  test('offers to go on after a reload', () => {
    expect(message({ isResumable: true })).toMatchObject({ title: 'You were on air. Resume?', action: 'resume' });
  });

  test.each<[MicrophoneFault, string]>([
    ['mic_denied', 'The browser blocks the microphone.'],
    ['mic_denied_os', 'Your computer blocks microphone access for the browser.'],
    ['mic_none', 'No microphone found.'],
    ['mic_busy', 'Another app is using USB.'],
    ['insecure', 'Microphones need HTTPS.'],
    ['browser_unsupported', 'This browser cannot broadcast.'],
  ])('tells %s in words', (fault, title) => {
    expect(message({ microphone: { kind: 'failed', fault, label: 'USB' } })).toMatchObject({ tone: 'danger', title });
  });

  test('offers a takeover when another publisher is on air', () => {
    const outcome = { kind: 'failed', code: 'station_busy', message: 'Busy.' } as const;
    expect(message({ outcome })).toMatchObject({ tone: 'warn', action: 'take_over' });
  });

  test.each(Object.keys(ERROR_TABLE) as ErrorCode[])('has words for the refusal %s', (code) => {
    const told = message({ outcome: { kind: 'failed', code, message: 'What the server says.' } });
    expect(told?.title).toMatch(/\w.*\.$/);
    expect(told?.title).not.toContain('refused.');
    expect(told?.body).toBeTruthy();
  });

  test('tells apart an end that the server confirmed and one that it did not', () => {
    expect(message({ outcome: { kind: 'ended', confirmed: true, onAirMs: 1 } })?.tone).toBe('ok');
    expect(message({ outcome: { kind: 'ended', confirmed: false, onAirMs: 1 } })?.tone).toBe('warn');
  });

  test('says when there is no network, before anything is tried', () => {
    expect(message({ isOnline: false })?.title).toBe('You are offline.');
  });
});
