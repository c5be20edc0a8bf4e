import type { LevelReading } from './level-window.ts';

/** Bottom of the meter in dBFS; its top is 0. */
export const FLOOR_DB = -60;

/** Where green ends and amber begins, and where amber ends and red begins, in dBFS. */
export const AMBER_DB = -12;
export const RED_DB = -3;

/** How long the highest peak stays marked, how long a clip stays lit, in ms. */
export const PEAK_HOLD_MS = 1500;
export const CLIP_HOLD_MS = 3000;

/** Without a reading for this long the meter shows nothing, rather than the last thing it saw, in ms. */
const STALE_MS = 250;

/** How fast a bar falls, in dB per second; it rises at once. */
const FALL_DB_PER_SECOND = 36;

/** A level in words. */
export type LevelZone = 'silent' | 'quiet' | 'good' | 'loud' | 'clipping';

/** What the meter shows at a moment; dBFS, `-Infinity` for nothing. */
export type MeterView = {
  channels: { rmsDb: number; peakDb: number; holdDb: number }[];
  /** Loudest peak of all channels. */
  peakDb: number;
  isClipped: boolean;
  zone: LevelZone;
};

type ChannelState = { rmsDb: number; peakDb: number; holdDb: number; heldAt: number };

const EMPTY: ChannelState = {
  rmsDb: Number.NEGATIVE_INFINITY,
  peakDb: Number.NEGATIVE_INFINITY,
  holdDb: Number.NEGATIVE_INFINITY,
  heldAt: 0,
};

/** Amplitude (0 to 1) to dBFS. */
export function toDb(amplitude: number): number {
  return 20 * Math.log10(amplitude);
}

/** Place of a level on the meter, 0 (floor and below) to 1 (full scale and above). */
export function meterFraction(db: number): number {
  return Math.max(0, Math.min(1, 1 - db / FLOOR_DB));
}

/** The zone of a peak level. */
export function zoneOf(peakDb: number): LevelZone {
  if (peakDb <= FLOOR_DB) return 'silent';
  if (peakDb < -36) return 'quiet';
  if (peakDb < AMBER_DB) return 'good';
  return peakDb < RED_DB ? 'loud' : 'clipping';
}

/** Turns readings into what is drawn: bars that rise at once and fall steadily, held peaks, a clip lamp that stays lit. */
export class MeterBallistics {
  #channels: ChannelState[] = [];
  #readAt = Number.NEGATIVE_INFINITY;
  #clippedAt = Number.NEGATIVE_INFINITY;

  /** Takes a reading. `now` in ms on any steady clock. */
  take(reading: LevelReading, now: number): void {
    const fall = (FALL_DB_PER_SECOND * Math.min(1000, now - this.#readAt)) / 1000;
    this.#channels = reading.peaks.map((peak, index) => {
      const before = this.#channels[index] ?? EMPTY;
      const peakDb = Math.max(toDb(peak), before.peakDb - fall);
      const rmsDb = Math.max(toDb(reading.rms[index] ?? 0), before.rmsDb - fall);
      const isNew = peakDb >= before.holdDb || now - before.heldAt > PEAK_HOLD_MS;
      return { rmsDb, peakDb, holdDb: isNew ? peakDb : before.holdDb, heldAt: isNew ? now : before.heldAt };
    });
    this.#readAt = now;
    if (reading.clips > 0) this.#clippedAt = now;
  }

  /** What to draw now. */
  view(now: number): MeterView {
    const isStale = now - this.#readAt > STALE_MS;
    const channels = this.#channels.map(({ rmsDb, peakDb, holdDb }) => (isStale ? EMPTY : { rmsDb, peakDb, holdDb }));
    const peakDb = Math.max(Number.NEGATIVE_INFINITY, ...channels.map((channel) => channel.peakDb));
    return { channels, peakDb, isClipped: now - this.#clippedAt < CLIP_HOLD_MS, zone: zoneOf(peakDb) };
  }
}
