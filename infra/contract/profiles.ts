import { type Cut, FRAMES_PER_SEGMENT } from './ladder.ts';

/** How a broadcast is cut and listed; constant for its life. */
export type Profile = {
  cut: Cut;
  /** Whether playlists list parts; without them they have no tag or attribute of low-latency HLS but blocking reloads. */
  lowLatency: boolean;
};

const cut = (framesPerPart: number): Cut => ({ framesPerPart, framesPerSegment: FRAMES_PER_SEGMENT });

/** The profiles that a station may choose from, by name. */
export const PROFILES = {
  /** Parts of 107 ms: the shortest delay, for networks with round trips well below that. */
  ultra: { cut: cut(5), lowLatency: true },
  /** Parts of 192 ms. */
  fast: { cut: cut(9), lowLatency: true },
  /** Parts of 0.96 s, for long or unsteady round trips (Apple's authoring rule: a part is at least three of them). */
  safe: { cut: cut(45), lowLatency: true },
  /** Whole segments only, for players that stumble over low-latency tags. Still published in short parts: the progressive stream flows steadily. */
  classic: { cut: cut(9), lowLatency: false },
} as const satisfies Record<string, Profile>;

/**
 * What becomes of an owner's audio that comes after its place on air was filled: `drop` stays close to live and leaves it
 * to the recording, `keep` plays it late, and everything after it.
 */
export type LateAudio = 'drop' | 'keep';

/** Both ways; the first is the default. */
export const LATE_AUDIO: readonly [LateAudio, LateAudio] = ['drop', 'keep'];

/** Name of a profile; see {@link PROFILES}. */
export type ProfileName = keyof typeof PROFILES;

/** All names of profiles, from the shortest delay to the longest. */
export const PROFILE_NAMES: readonly ProfileName[] = ['ultra', 'fast', 'safe', 'classic'];

/** Whether a text names a profile. */
export function isProfileName(text: string): text is ProfileName {
  return Object.hasOwn(PROFILES, text);
}
