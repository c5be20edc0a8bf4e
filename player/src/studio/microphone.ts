import { recordingType } from './chunk-recorder.ts';
import { environmentFault, faultOf, type MicrophoneFault } from './microphone-fault.ts';
import { constraintsOf, ignoredWishes, type Processing, type SoundPreset } from './sound-preset.ts';

/** A microphone that can be chosen. */
export type MicrophoneDevice = { deviceId: string; label: string };

/** Where the microphone is. */
export type MicrophoneState =
  /** Nothing was asked; `canAskSilently`: the browser will not show a question. */
  | { kind: 'closed'; canAskSilently: boolean }
  /** The browser asks the person, or opens the device. */
  | { kind: 'asking' }
  | { kind: 'open'; device: MicrophoneDevice; isMuted: boolean; ignored: Processing[] }
  /** It was open and is gone: unplugged, or taken away by the system. */
  | { kind: 'lost'; label: string }
  | { kind: 'failed'; fault: MicrophoneFault; label: string };

/** Which microphone, treated how. `deviceId` undefined: the system's choice. */
export type MicrophoneWish = { deviceId: string | undefined; preset: SoundPreset };

/** The one microphone of the studio. Tells each change; `close` stops capture and may be called again. */
export class Microphone {
  readonly #changed: (state: MicrophoneState, devices: MicrophoneDevice[]) => void;
  readonly #listening = new AbortController();
  #state: MicrophoneState = { kind: 'asking' };
  #devices: MicrophoneDevice[] = [];
  #stream: MediaStream | undefined;
  #wish: MicrophoneWish | undefined;
  #attempt = 0;

  /** `changed` is called with each new state and list of devices. */
  constructor(changed: (state: MicrophoneState, devices: MicrophoneDevice[]) => void) {
    this.#changed = changed;
  }

  /** What is captured; undefined while nothing is. The tracks belong to this object. */
  get stream(): MediaStream | undefined {
    return this.#stream;
  }

  /** Finds out what is possible and watches for devices and permission. Call once. */
  async prepare(): Promise<void> {
    const fault = environmentFault(window) ?? (recordingType() === undefined ? 'browser_unsupported' : undefined);
    if (fault !== undefined) {
      this.#enter({ kind: 'failed', fault, label: '' });
      return;
    }
    const { signal } = this.#listening;
    navigator.mediaDevices.addEventListener('devicechange', () => void this.#devicesChanged(), { signal });
    const permission = await queryPermission();
    permission?.addEventListener('change', () => this.#permissionChanged(permission.state), { signal });
    if (permission?.state === 'denied') this.#enter({ kind: 'failed', fault: 'mic_denied', label: '' });
    else this.#enter({ kind: 'closed', canAskSilently: permission?.state === 'granted' });
  }

  /** Opens a microphone in place of the one before. Settles when it is open or has failed; the state says which. */
  async open(wish: MicrophoneWish): Promise<void> {
    const attempt = ++this.#attempt;
    this.#wish = wish;
    this.#release();
    this.#enter({ kind: 'asking' });
    try {
      const stream = await getMicrophone(wish);
      if (attempt === this.#attempt) await this.#opened(stream, wish);
      else stopTracks(stream);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      const label = this.#devices.find((device) => device.deviceId === wish.deviceId)?.label ?? '';
      this.#enter({ kind: 'failed', fault: faultOf(error), label });
    }
  }

  /** Stops capture and all listening. */
  close(): void {
    this.#attempt++;
    this.#listening.abort();
    this.#release();
  }

  async #opened(stream: MediaStream, wish: MicrophoneWish): Promise<void> {
    const [track] = stream.getAudioTracks();
    if (track === undefined) throw new Error('The browser gave a stream without sound.');
    this.#stream = stream;
    const settings = track.getSettings();
    const device = { deviceId: settings.deviceId ?? wish.deviceId ?? '', label: track.label };
    const ignored = ignoredWishes(wish.preset, settings);
    const tell = () => this.#enter({ kind: 'open', device, isMuted: track.muted, ignored });
    const { signal } = this.#listening;
    track.addEventListener('ended', () => this.#lost(stream, track.label), { signal });
    for (const name of ['mute', 'unmute'] as const) {
      track.addEventListener(name, () => this.#stream === stream && tell(), { signal });
    }
    tell();
    await this.#listDevices();
  }

  #lost(stream: MediaStream, label: string): void {
    if (this.#stream !== stream) return;
    this.#stream = undefined;
    this.#enter({ kind: 'lost', label });
  }

  /** Labels are empty until a microphone has been open once. */
  async #listDevices(): Promise<void> {
    const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
    const inputs = all.filter((device) => device.kind === 'audioinput' && device.deviceId !== '');
    this.#devices = inputs.map(({ deviceId, label }) => ({ deviceId, label }));
    this.#changed(this.#state, this.#devices);
  }

  async #devicesChanged(): Promise<void> {
    await this.#listDevices();
    const isMissing = this.#state.kind === 'failed' && this.#state.fault === 'mic_none';
    if (isMissing && this.#wish !== undefined) await this.open({ ...this.#wish, deviceId: undefined });
  }

  #permissionChanged(permission: PermissionState): void {
    const wasDenied = this.#state.kind === 'failed' && this.#state.fault === 'mic_denied';
    if (permission === 'granted' && wasDenied) void this.open(this.#wish ?? { deviceId: undefined, preset: 'voice' });
    if (permission === 'prompt' && wasDenied) this.#enter({ kind: 'closed', canAskSilently: false });
  }

  #release(): void {
    if (this.#stream !== undefined) stopTracks(this.#stream);
    this.#stream = undefined;
  }

  #enter(state: MicrophoneState): void {
    this.#state = state;
    this.#changed(state, this.#devices);
  }
}

/** A device that was chosen once may be gone: then the system's choice is better than none. */
async function getMicrophone({ deviceId, preset }: MicrophoneWish): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: constraintsOf(preset, deviceId) });
  } catch (error) {
    if (deviceId === undefined || !(error instanceof Error) || error.name !== 'OverconstrainedError') throw error;
    return navigator.mediaDevices.getUserMedia({ audio: constraintsOf(preset, undefined) });
  }
}

/** Undefined where the browser does not tell. */
async function queryPermission(): Promise<PermissionStatus | undefined> {
  return navigator.permissions?.query({ name: 'microphone' }).catch(() => undefined);
}

function stopTracks(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
