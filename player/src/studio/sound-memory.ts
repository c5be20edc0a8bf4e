import type { SoundPreset } from './sound-preset.ts';

/** What a person chose the last time in this browser. */
export type SoundChoice = { deviceId: string | undefined; preset: SoundPreset };

const STORAGE_KEY = 'awaz-studio-sound';

/** The last choice; the system's microphone and a voice when there is none, or storage is blocked. */
export function recallSound(): SoundChoice {
  try {
    const stored = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '{}') as Partial<SoundChoice>;
    const deviceId = typeof stored.deviceId === 'string' ? stored.deviceId : undefined;
    return { deviceId, preset: stored.preset === 'music' ? 'music' : 'voice' };
  } catch {
    return { deviceId: undefined, preset: 'voice' };
  }
}

/** Remembers a choice, where the browser may remember. */
export function rememberSound(choice: SoundChoice): void {
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify(choice));
  } catch {
    // Storage is blocked: the choice holds until the page is left.
  }
}
