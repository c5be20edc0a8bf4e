const STORAGE_KEY = 'awaz-volume';

/** Step of the arrow keys. */
export const VOLUME_STEP = 0.05;

/** Whether this device lets a page set the volume; iPhones keep it to their buttons. */
export function canSetVolume(): boolean {
  const probe = document.createElement('audio');
  probe.volume = 0.5;
  return probe.volume === 0.5;
}

/** Volume 0 to 1 as this browser remembers it. */
export function recallVolume(): number {
  try {
    const stored = Number(localStorage.getItem(STORAGE_KEY) ?? 1);
    return stored >= 0 && stored <= 1 ? stored : 1;
  } catch {
    return 1;
  }
}

/** Sets a volume, cut to 0 to 1, unmutes, and remembers it. */
export function setVolume(audio: HTMLAudioElement, volume: number): void {
  audio.volume = Math.min(1, Math.max(0, volume));
  audio.muted = false;
  try {
    localStorage.setItem(STORAGE_KEY, String(audio.volume));
  } catch {
    // Storage is blocked: the volume holds until the page is left.
  }
}
