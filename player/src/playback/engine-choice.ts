/** How sound comes in. `hlsjs-default`: hls.js with its own settings, for comparison. The progressive one is still to come. */
export type EngineName = 'native' | 'hlsjs' | 'hlsjs-default';

/** What the browser is able to do; see {@link detectAbilities}. */
export type EngineAbilities = { managedMediaSource: boolean; mediaSource: boolean };

const NAMES: readonly EngineName[] = ['native', 'hlsjs', 'hlsjs-default'];

/** Asks the browser. */
export function detectAbilities(): EngineAbilities {
  return { managedMediaSource: 'ManagedMediaSource' in globalThis, mediaSource: 'MediaSource' in globalThis };
}

/**
 * The engine for a browser. `canPlayType` is not asked: Chromium answers "maybe" for HLS and then fails on it, while
 * `ManagedMediaSource` is in WebKit alone, which plays HLS best by itself (AirPlay, background, battery).
 */
export function chooseEngine(abilities: EngineAbilities, override: string | null = null): EngineName {
  const forced = NAMES.find((name) => name === override);
  if (forced !== undefined) return forced;
  return abilities.managedMediaSource || !abilities.mediaSource ? 'native' : 'hlsjs';
}
