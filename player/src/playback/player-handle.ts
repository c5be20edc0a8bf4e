import type { Player } from './player.ts';
import type { PlayerSnapshot } from './player-snapshot.ts';

/** `window.awazPlayer`: the figures of the page's player, read at the moment of access. For tests, benchmarks, support. */
export type PlayerHandle = Readonly<PlayerSnapshot> & { snapshot: () => PlayerSnapshot };

declare global {
  interface Window {
    awazPlayer?: PlayerHandle;
  }
}

/** Puts `window.awazPlayer` in place for the page's one player. */
export function exposePlayer(player: Player): void {
  const handle = { snapshot: () => player.snapshot() };
  for (const name of Object.keys(player.snapshot()) as (keyof PlayerSnapshot)[]) {
    Object.defineProperty(handle, name, { enumerable: true, get: () => player.snapshot()[name] });
  }
  window.awazPlayer = handle as PlayerHandle;
}
