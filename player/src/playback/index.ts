/** Framework-free playback of a station: listener page, embed and studio preview stand on it. */
export * from './engine.ts';
export * from './engine-choice.ts';
export * from './media-session.ts';
export { prefetchEngine } from './open-engine.ts';
export * from './playback-state.ts';
export * from './player.ts';
export * from './player-handle.ts';
export type { PlayerSnapshot } from './player-snapshot.ts';
export type { ProgrammeListener, TimedProgramme } from './timed-programme.ts';
export * from './volume.ts';
