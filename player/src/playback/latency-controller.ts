/**
 * Steers playback towards one small forward buffer. hls.js catches up only while more than 1 s is buffered, so at
 * sub-second latency it never acts; this does, from what the buffer held in the last second.
 */

/** Look at the buffer each this many ms. */
export const SAMPLE_EVERY_MS = 50;

/** The saw-tooth of the buffer is one part long; its lowest point within this span is what keeps playback safe, in ms. */
const WINDOW_MS = 1000;

/** With fewer samples in the window (a throttled timer) the lowest point was perhaps not seen: never speed up then. */
const SAMPLES_TO_SPEED_UP = 4;

/** Behind by more than this, in seconds, catching up by rate takes too long: seek. */
const SEEK_BEHIND_SECONDS = 1;

/** Long parts make the live edge jump: behind by less than this many targets is their saw-tooth. */
const SEEK_BEHIND_TARGETS = 2;

/** Let one seek show its effect before the next, in ms. */
const SEEK_PAUSE_MS = 2000;

/** A stall widens the target by this, in seconds. */
const STALL_WIDENS_SECONDS = 0.25;

/** The target is never widened by more, in seconds: whoever needs more is better served without low latency. */
const WIDENED_AT_MOST_SECONDS = 1;

/** From so much widening on (the second stall within a minute), playback waits for a buffer instead of crawling, in s. */
const REFILL_FROM_SECONDS = 0.5;

/** Share of the target that has to be there before playback goes on. */
const REFILL_SHARE = 0.6;

/** Playback goes on after this long in any case, in ms. */
const REFILL_AT_MOST_MS = 3000;

/** So long without a stall takes one widening back, in ms. */
const CLEAN_MS = 60_000;

/** What the controller remembers between samples. */
export type LatencyMemory = {
  samples: readonly { at: number; forward: number }[];
  /** Seconds on top of the base target. */
  widened: number;
  /** When the last stall was, or the last widening taken back, in ms. */
  cleanSince: number;
  lastSeekAt: number;
  /** Since when playback waits for a buffer, in ms; null while it does not. */
  refillingSince: number | null;
};

/** One look at the player. */
export type LatencySample = {
  /** Monotonic clock, in ms. */
  at: number;
  /** Seconds buffered ahead of the playhead. */
  forward: number;
  /** Seconds the playhead is behind the position hls.js would join at; null while unknown. */
  behind: number | null;
  /** Target for the lowest point of the forward buffer, in seconds; see {@link targetFor}. */
  baseTarget: number;
};

/** What to do now: a playback rate (0: wait for a buffer), and whether to seek to the live position, `seekOffset` seconds before it. */
export type LatencyDecision = { rate: number; seek: boolean; seekOffset: number; target: number };

/** Memory of a playback that begins at `at` (monotonic ms). */
export function startLatencyMemory(at: number): LatencyMemory {
  return { samples: [], widened: 0, cleanSince: at, lastSeekAt: Number.NEGATIVE_INFINITY, refillingSince: null };
}

/** Base target for a part target, both in seconds: 0.25 for 192 ms parts, 0.15 for 107 ms parts. */
export function targetFor(partTarget: number): number {
  const slope = (0.25 - 0.15) / (0.192 - 0.107);
  return Math.max(0.1, 0.25 + (partTarget - 0.192) * slope);
}

/** Widens the target after a stall at `at` (monotonic ms). */
export function widenAfterStall(memory: LatencyMemory, at: number): LatencyMemory {
  const widened = Math.min(memory.widened + STALL_WIDENS_SECONDS, WIDENED_AT_MOST_SECONDS);
  return { ...memory, widened, cleanSince: at, refillingSince: widened >= REFILL_FROM_SECONDS ? at : null };
}

/** Forgets the samples, because the playhead was moved; the target stays as wide as it is. */
export function forgetSamples(memory: LatencyMemory): LatencyMemory {
  return { ...memory, samples: [] };
}

/** Takes one sample and decides. Pure: the same memory and sample give the same decision. */
export function steer(
  memory: LatencyMemory,
  sample: LatencySample,
): { memory: LatencyMemory; decision: LatencyDecision } {
  const { widened, cleanSince } = shrinkWhenClean(memory, sample.at);
  const target = sample.baseTarget + widened;
  const maySeek = sample.at - memory.lastSeekAt >= SEEK_PAUSE_MS;
  const farBehind = Math.max(SEEK_BEHIND_SECONDS, sample.baseTarget * SEEK_BEHIND_TARGETS) + widened;
  if (maySeek && sample.behind !== null && sample.behind > farBehind) {
    const after = { ...memory, samples: [], widened, cleanSince, lastSeekAt: sample.at };
    return { memory: after, decision: { rate: 1, seek: true, seekOffset: widened, target } };
  }
  const refillingSince = stillRefilling(memory, { ...sample, target });
  if (refillingSince !== null) {
    const after = { ...memory, samples: [], widened, cleanSince };
    return { memory: after, decision: { rate: 0, seek: false, seekOffset: 0, target } };
  }
  const recent = memory.samples.filter((earlier) => sample.at - earlier.at < WINDOW_MS);
  const samples = [...recent, { at: sample.at, forward: sample.forward }];
  const lowest = Math.min(...samples.map((one) => one.forward));
  const rate = rateFor({ lowest, forward: sample.forward, target });
  return {
    memory: { samples, widened, cleanSince, lastSeekAt: memory.lastSeekAt, refillingSince },
    decision: {
      rate: samples.length < SAMPLES_TO_SPEED_UP ? Math.min(rate, 1) : rate,
      seek: false,
      seekOffset: 0,
      target,
    },
  };
}

function shrinkWhenClean(memory: LatencyMemory, at: number): { widened: number; cleanSince: number } {
  if (memory.widened === 0 || at - memory.cleanSince < CLEAN_MS) return memory;
  return { widened: Math.max(0, memory.widened - STALL_WIDENS_SECONDS), cleanSince: at };
}

function stillRefilling(memory: LatencyMemory, now: { at: number; forward: number; target: number }): number | null {
  const { refillingSince } = memory;
  if (refillingSince === null || now.at - refillingSince >= REFILL_AT_MOST_MS) return null;
  return now.forward >= now.target * REFILL_SHARE ? null : refillingSince;
}

function rateFor({ lowest, forward, target }: { lowest: number; forward: number; target: number }): number {
  if (forward < 0.03) return 0.97;
  if (lowest > target + 0.6) return 1.15;
  if (lowest > target + 0.15) return 1.08;
  if (lowest > target + 0.02) return 1.03;
  if (lowest < target / 2) return 0.98;
  return 1;
}
