import { describe, expect, test } from '@jest/globals';
import { environmentFault, faultOf } from './microphone-fault.ts';
import { constraintsOf, ignoredWishes } from './sound-preset.ts';

describe('the sound presets', () => {
  test('treat a voice and leave music alone', () => {
    expect(constraintsOf('voice', undefined)).toMatchObject({
      echoCancellation: { ideal: true },
      noiseSuppression: { ideal: true },
      autoGainControl: { ideal: true },
      channelCount: { ideal: 1 },
    });
    expect(constraintsOf('music', 'usb')).toMatchObject({
      deviceId: { exact: 'usb' },
      echoCancellation: { ideal: false },
      noiseSuppression: { ideal: false },
      autoGainControl: { ideal: false },
      channelCount: { ideal: 2 },
    });
  });

  test('notice what the browser did not follow, of what it tells', () => {
    const settings = { echoCancellation: true, noiseSuppression: false };
    expect(ignoredWishes('music', settings)).toEqual(['echoCancellation']);
    expect(ignoredWishes('voice', settings)).toEqual(['noiseSuppression']);
    expect(ignoredWishes('voice', {})).toEqual([]);
  });
});

describe('why there is no microphone', () => {
  test.each([
    ['NotAllowedError', 'Permission denied', 'mic_denied'],
    ['NotAllowedError', 'Permission denied by system', 'mic_denied_os'],
    ['SecurityError', '', 'mic_denied'],
    ['NotFoundError', 'Requested device not found', 'mic_none'],
    ['OverconstrainedError', '', 'mic_none'],
    ['NotReadableError', 'Could not start audio source', 'mic_busy'],
    ['NotReadableError', 'The system denied it', 'mic_denied_os'],
    ['AbortError', '', 'mic_busy'],
    ['TypeError', '', 'browser_unsupported'],
  ])('is read from %s "%s"', (name, message, fault) => {
    expect(faultOf(Object.assign(new Error(message), { name }))).toBe(fault);
  });

  test('is told before anything is asked where the page or the browser cannot', () => {
    const able = { isSecureContext: true, navigator: { mediaDevices: {} }, MediaRecorder: {}, AudioWorkletNode: {} };
    expect(environmentFault(able)).toBeUndefined();
    expect(environmentFault({ ...able, isSecureContext: false, navigator: {} })).toBe('insecure');
    expect(environmentFault({ ...able, MediaRecorder: undefined })).toBe('browser_unsupported');
  });
});
