/** Why there is no microphone. */
export type MicrophoneFault =
  /** The page is not served over HTTPS. */
  | 'insecure'
  /** The browser lacks what a studio needs. */
  | 'browser_unsupported'
  /** The person, or a policy of the browser, said no. */
  | 'mic_denied'
  /** The operating system does not let the browser have it. */
  | 'mic_denied_os'
  | 'mic_none'
  | 'mic_busy';

/** Reads what `getUserMedia` rejected with. */
export function faultOf(error: unknown): MicrophoneFault {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  switch (name) {
    case 'NotAllowedError':
      return /system/i.test(message) ? 'mic_denied_os' : 'mic_denied';
    case 'SecurityError':
      return 'mic_denied';
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'mic_none';
    case 'NotSupportedError':
    case 'TypeError':
      return 'browser_unsupported';
    default:
      return /system/i.test(message) ? 'mic_denied_os' : 'mic_busy';
  }
}

/** What a browser must have before anything is asked. */
export function environmentFault(scope: {
  isSecureContext: boolean;
  navigator: { mediaDevices?: unknown };
  MediaRecorder?: unknown;
  AudioWorkletNode?: unknown;
}): MicrophoneFault | undefined {
  if (!scope.isSecureContext) return 'insecure';
  const has = [scope.navigator.mediaDevices, scope.MediaRecorder, scope.AudioWorkletNode];
  return has.includes(undefined) ? 'browser_unsupported' : undefined;
}
