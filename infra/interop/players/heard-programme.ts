import type { HeardClick } from '../../e2e/clicks.ts';
import { CLICK_EVERY_MS, CLICKS_IN_CYCLE, offsetOfClickMs, placeOfClick } from './programme.ts';

/** When the programme is said: cycle after cycle from `startedAt` (ms since 1970) on, each `cycleMs` long. */
export type ProgrammeClock = { startedAt: number; cycleMs: number };

/** What somebody heard of the programme. */
export type HeardProgramme = {
  /** Clicks whose place in the programme is certain: when each was heard (ms since 1970), and ms since it was said. */
  placed: { at: number; latencyMs: number }[];
  /** Clicks that should have been heard between those, and were not. */
  missing: number;
  /** Clicks of which later ones had been heard before. */
  repeated: number;
};

/** Two clocks of one machine are read: a click may seem to be heard that much too early, in ms. */
const CLOCK_SLACK_MS = 50;

type Placed = { index: number; at: number; saidAt: number };

/** Compares clicks, in the order they were heard, with the programme. Delays of up to a cycle can be told. */
export function hearProgramme(clicks: readonly HeardClick[], clock: ProgrammeClock): HeardProgramme {
  const placed = certainPlaces(clicks, clock);
  const heard: HeardProgramme = {
    placed: placed.map(({ at, saidAt }) => ({ at, latencyMs: at - saidAt })),
    missing: 0,
    repeated: 0,
  };
  for (const [i, click] of placed.entries()) {
    const before = placed[i - 1];
    if (before === undefined) continue;
    const step = Math.round((click.saidAt - before.saidAt) / CLICK_EVERY_MS);
    const heardBetween = click.index - before.index - 1;
    if (step > 0) heard.missing += Math.max(0, step - 1 - heardBetween);
    else heard.repeated += 1 - step;
  }
  return heard;
}

/**
 * After a hole, two clicks may look like a pair from elsewhere in the programme: a place is certain when the clicks before
 * and after it have the places beside it.
 */
function certainPlaces(clicks: readonly HeardClick[], clock: ProgrammeClock): Placed[] {
  const places = clicks.map((click, i) => {
    const before = clicks[i - 1];
    return before && placeOfClick(before, click);
  });
  return clicks.flatMap(({ at }, index) => {
    const place = places[index];
    if (place === undefined) return [];
    const follows = index === 1 || places[index - 1] === (place + CLICKS_IN_CYCLE - 1) % CLICKS_IN_CYCLE;
    const leads = index === places.length - 1 || places[index + 1] === (place + 1) % CLICKS_IN_CYCLE;
    return follows && leads ? [{ index, at, saidAt: lastSaidAt(place, at, clock) }] : [];
  });
}

function lastSaidAt(place: number, at: number, { startedAt, cycleMs }: ProgrammeClock): number {
  const first = startedAt + offsetOfClickMs(place);
  return first + Math.floor((at + CLOCK_SLACK_MS - first) / cycleMs) * cycleMs;
}
