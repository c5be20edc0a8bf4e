/** What is going to be heard. */
export type SoundPreset = 'voice' | 'music';

/** What a preset asks of the microphone and the encoder. */
export type PresetSettings = {
  /** Echo cancelling, noise suppression and automatic gain: good for a voice, ruin for music. */
  processing: boolean;
  channels: 1 | 2;
  bitsPerSecond: number;
};

/** The presets. */
export const PRESETS: Record<SoundPreset, PresetSettings> = {
  voice: { processing: true, channels: 1, bitsPerSecond: 64_000 },
  music: { processing: false, channels: 2, bitsPerSecond: 128_000 },
};

/** What a browser may do to the sound of a microphone. */
const PROCESSING = ['echoCancellation', 'noiseSuppression', 'autoGainControl'] as const;

/** One of the treatments a browser gives to a voice. */
export type Processing = (typeof PROCESSING)[number];

/** Constraints for `getUserMedia`; `deviceId` undefined: the system's choice. */
export function constraintsOf(preset: SoundPreset, deviceId: string | undefined): MediaTrackConstraints {
  const { processing, channels } = PRESETS[preset];
  return {
    ...(deviceId === undefined ? {} : { deviceId: { exact: deviceId } }),
    ...Object.fromEntries(PROCESSING.map((name) => [name, { ideal: processing }])),
    channelCount: { ideal: channels },
    sampleRate: { ideal: 48_000 },
  };
}

/** Which wishes the browser did not follow, by the settings it reports. What it does not report counts as followed. */
export function ignoredWishes(preset: SoundPreset, settings: MediaTrackSettings): Processing[] {
  const { processing } = PRESETS[preset];
  return PROCESSING.filter((name) => settings[name] !== undefined && Boolean(settings[name]) !== processing);
}
