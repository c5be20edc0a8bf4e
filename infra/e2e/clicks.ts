import type { Sound } from '../testkit/index.ts';
import { PCM_RATE } from './pcm.ts';

/** The pitch of a click tells which one it is; each is a quarter above the one before, in Hz. */
export const CLICK_HZ = [500, 640, 820, 1050, 1340, 1720, 2200, 2800] as const;

/** Time from one click to the next on average, in ms. */
export const CLICK_EVERY_MS = 1600;

/** Length of a click, in ms: long enough to tell its pitch even when a player that catches up cuts a piece out. */
const CLICK_MS = 40;

/** A tone between the clicks, so that a hole in the sound is heard as one: loudness and pitch. */
const PILOT = { amplitude: 0.02, hz: 300 } as const;

/** Moves each click a little, so that clicks fall on all places of a part. */
const CLICK_SHIFT_MS = [0, 120, 48, 168, 24, 144, 72, 96] as const;

/** Longest delay at which a click can be told from the next one of the same pitch, in ms. */
export const CLICK_CYCLE_MS = CLICK_HZ.length * CLICK_EVERY_MS;

/** A click as a page heard it. */
export type HeardClick = {
  /** Ms since 1970. */
  at: number;
  /** Pitch as measured, in Hz. */
  hz: number;
};

/** A stretch without any sound, as a page heard it. */
export type HeardGap = { at: number; ms: number };

/** A click that was said and heard. */
export type ClickPair = { said: HeardClick; heard: HeardClick; latencyMs: number };

/** What became of the clicks. */
export type ClickMatch = {
  /** In the order they were heard. */
  pairs: ClickPair[];
  /** Said and not heard, although ones after it were. */
  missing: HeardClick[];
  /** Heard more than once. */
  doubled: HeardClick[];
  /** Heard and never said. */
  unknown: HeardClick[];
};

/** One cycle of clicks over a quiet tone, mono; as a microphone it is heard over and over without a seam. */
export function clickCycle(): Sound {
  const samples = new Float32Array((CLICK_CYCLE_MS * PCM_RATE) / 1000);
  for (let i = 0; i < samples.length; i++) {
    samples[i] = PILOT.amplitude * Math.sin((2 * Math.PI * PILOT.hz * i) / PCM_RATE);
  }
  for (const [k, hz] of CLICK_HZ.entries()) {
    const from = ((k * CLICK_EVERY_MS + (CLICK_SHIFT_MS[k] ?? 0) + 400) * PCM_RATE) / 1000;
    for (let i = 0; i < (CLICK_MS * PCM_RATE) / 1000; i++) {
      samples[from + i] = 0.9 * Math.cos((2 * Math.PI * hz * i) / PCM_RATE);
    }
  }
  return { samples, rate: PCM_RATE, channels: 1 };
}

/** Which click of the cycle has this pitch; undefined when none is near. */
export function clickIdOf(hz: number): number | undefined {
  const distances = CLICK_HZ.map((pitch) => Math.abs(Math.log(hz / pitch)));
  const least = Math.min(...distances);
  return least < 0.11 ? distances.indexOf(least) : undefined;
}

/** How early a click may seem to be heard because two clocks of one machine are read, in ms. */
const CLOCK_SLACK_MS = 15;

/** Finds for each heard click the one that was said. Clicks said in the last `tailMs` may still be on their way. */
export function matchClicks(said: readonly HeardClick[], heard: readonly HeardClick[]): ClickMatch {
  const taken = new Set<HeardClick>();
  const match: ClickMatch = { pairs: [], missing: [], doubled: [], unknown: [] };
  for (const click of heard) {
    const origin = originOf(click, said);
    if (origin === undefined) match.unknown.push(click);
    else if (taken.has(origin)) match.doubled.push(click);
    else {
      taken.add(origin);
      match.pairs.push({ said: origin, heard: click, latencyMs: click.at - origin.at });
    }
  }
  const [first, last] = [match.pairs[0], match.pairs.at(-1)];
  if (first !== undefined && last !== undefined) {
    match.missing = said
      .filter(({ at }) => at > first.said.at && at < last.said.at)
      .filter((click) => !taken.has(click));
  }
  return match;
}

function originOf(click: HeardClick, said: readonly HeardClick[]): HeardClick | undefined {
  const id = clickIdOf(click.hz);
  if (id === undefined) return undefined;
  return said.findLast(
    ({ at, hz }) => at <= click.at + CLOCK_SLACK_MS && at > click.at - CLICK_CYCLE_MS * 0.9 && clickIdOf(hz) === id,
  );
}

/** Finds clicks in decoded samples, by the same rule as the pages do; `at` is the sample's index. */
export function clicksIn(samples: Float32Array): HeardClick[] {
  const ear = new ClickEar();
  const clicks: HeardClick[] = [];
  for (const sample of samples) {
    const click = ear.hear(sample, PCM_RATE);
    if (click !== undefined) clicks.push({ at: click.frame, hz: click.hz });
  }
  return clicks;
}

/**
 * Hears clicks sample by sample. Its source text also runs in the pages' audio worklets, so it may use nothing from
 * outside. The pitch is taken from the zero crossings of the loud part alone: a player that catches up may have cut a
 * piece out of the click.
 */
export class ClickEar {
  #frame = 0;
  #quietFrames = 48_000;
  #onset = -1;
  #crossings: number[] = [];
  #last = 0;

  /** Takes the next sample; returns a click once its pitch is known, with the frame at which it began. */
  hear(sample: number, rate: number): { frame: number; hz: number } | undefined {
    const frame = this.#frame++;
    const loud = Math.abs(sample) > 0.25;
    if (this.#onset < 0 && loud && this.#quietFrames > rate * 0.03) this.#onset = frame;
    this.#quietFrames = loud ? 0 : this.#quietFrames + 1;
    if (this.#onset < 0) return undefined;
    if (sample * this.#last < 0 && this.#quietFrames < rate * 0.001) this.#crossings.push(frame);
    if (sample !== 0) this.#last = sample;
    if (frame - this.#onset < rate * 0.036) return undefined;
    const click = { frame: this.#onset, hz: this.#pitch(rate) };
    this.#onset = -1;
    this.#crossings = [];
    return click;
  }

  /** From the middle one of the half waves; one that was cut does not count. */
  #pitch(rate: number): number {
    const halves = this.#crossings.slice(1).map((frame, i) => frame - (this.#crossings[i] ?? frame));
    const middle = halves.toSorted((a, b) => a - b).slice(halves.length / 4, Math.ceil((halves.length * 3) / 4));
    return (rate * middle.length) / (2 * middle.reduce((sum, frames) => sum + frames, 0));
  }
}
