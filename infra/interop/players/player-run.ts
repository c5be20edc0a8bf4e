import type { HeardGap } from '../../e2e/clicks.ts';
import type { Stall } from '../../e2e/page-probe.ts';
import type { AnswerCounts } from './counting-proxy.ts';
import type { HeardProgramme } from './heard-programme.ts';

/** What one player did. Times are ms since 1970. */
export type PlayerRun = {
  /** Name, version and setting, for a person. */
  player: string;
  /** When it was started. */
  askedAt: number;
  /** When the first sound was heard; undefined when there was none. */
  firstSoundAt: number | undefined;
  /** When it was told to stop. */
  endedAt: number;
  heard: HeardProgramme;
  /** Times after the first sound at which nothing was played. */
  stalls: Stall[];
  /** Silences within the sound that was played. */
  gaps: HeardGap[];
  /** How far behind live it says to be itself, at the end, in ms; undefined when it does not say. */
  saidLatencyMs: number | undefined;
  answers: AnswerCounts;
  /** Why it could not go on. */
  fatal: string[];
  /** What it complained of and got over, and how often. */
  warnings: Record<string, number>;
  /** A rule of RFC 8216bis that this player does not follow, for which an origin refuses requests; a sentence. */
  breaks?: string;
};

/** How long the player was listened to, from its first sound on, in ms. */
export function measuredMs({ firstSoundAt, endedAt }: PlayerRun): number {
  return firstSoundAt === undefined ? 0 : Math.max(0, endedAt - firstSoundAt);
}

/** From the first sound on, a player still finds its place behind live for that long, in ms. */
const JOINING_MS = 10_000;

/** How long a player stood still while it joined, and later, in ms. */
export function stalledMs({ stalls, firstSoundAt = 0 }: PlayerRun): { joining: number; later: number } {
  const total = (some: Stall[]) => some.reduce((sum, { ms }) => sum + ms, 0);
  const joining = total(stalls.filter(({ at }) => at < firstSoundAt + JOINING_MS));
  return { joining, later: total(stalls) - joining };
}

/** Share of the time after joining in which it played; 1 when there was no such time. */
export function playedShare(run: PlayerRun): number {
  const wholeMs = measuredMs(run) - JOINING_MS;
  return wholeMs <= 0 ? 1 : Math.max(0, 1 - stalledMs(run).later / wholeMs);
}
