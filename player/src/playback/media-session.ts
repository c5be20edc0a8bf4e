import { wantsSound } from './playback-state.ts';
import type { Player } from './player.ts';

/**
 * What lock screens and media keys show: the show, the station and its picture, never a song, because a page in the background may
 * not be able to correct it. Call again when either changes.
 */
export function describeToSystem(what: { show: string; station: string; artwork: string | null }): void {
  if (!('mediaSession' in navigator)) return;
  const { show, station, artwork } = what;
  const pictures = artwork === null ? [] : [{ src: artwork }];
  navigator.mediaSession.metadata = new MediaMetadata({
    ...{ title: show, artist: station, album: station },
    artwork: pictures,
  });
}

/** Lets media keys and lock screens play, pause and stop. */
export function bindMediaKeys(player: Player): void {
  if (!('mediaSession' in navigator)) return;
  const handlers = { play: () => player.play(), pause: () => player.pause(), stop: () => player.pause() };
  for (const [action, handler] of Object.entries(handlers)) {
    navigator.mediaSession.setActionHandler(action as MediaSessionAction, handler);
  }
}

/** Tells the system whether we play; call after each change of state. */
export function reportToSystem(player: Player): void {
  if (!('mediaSession' in navigator)) return;
  navigator.mediaSession.playbackState = wantsSound(player.state) ? 'playing' : 'paused';
  try {
    navigator.mediaSession.setPositionState({ duration: Number.POSITIVE_INFINITY, playbackRate: 1, position: 0 });
  } catch {
    // Not every browser knows endless media; then it shows no position at all, which is right too.
  }
}
