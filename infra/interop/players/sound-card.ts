import { ClickEar, type HeardClick, type HeardGap } from '../../e2e/clicks.ts';
import type { Stall } from '../../e2e/page-probe.ts';

/** Samples per second that a {@link SoundCard} takes; mono, 32-bit floats, little endian. */
export const CARD_RATE = 48_000;

/** How long the card waits after the first samples, and after a stall, before it plays, in ms. */
const HOLD_MS = 300;

/** Everything quieter is silence; the programme's pilot tone is more than ten times as loud. */
const SILENCE = 0.0015;

/** A silence is a hole in the sound from this length on, in ms. */
const GAP_MS = 20;

/**
 * Plays what a program without a device writes, as a sound card would that it was given: at the pace of the clock, each
 * sample once. A card with nothing to play stalls, waits for more, and goes on. What comes early waits; nothing of it is
 * kept but when it is heard.
 */
export class SoundCard {
  /** Clicks with the times at which they are heard, ms since 1970. */
  readonly clicks: HeardClick[] = [];
  /** Silences of 20 ms or more after the first sound; stalls are not among them. */
  readonly gaps: HeardGap[] = [];
  readonly stalls: Stall[] = [];
  readonly #ear = new ClickEar();
  /** When frames were due: each run of frames goes on from its first. The last two are kept, for clicks that began before a stall. */
  #runs: { frame: number; at: number }[] = [];
  #frames = 0;
  #quiet = 0;
  #started = false;
  #rest: Buffer = Buffer.alloc(0);

  /** Seconds of sound that came so far. */
  get seconds(): number {
    return this.#frames / CARD_RATE;
  }

  /** When the first sample is heard; undefined before there is one. */
  startedAt: number | undefined;

  /** Takes bytes that came at a time (ms since 1970), in any pieces. */
  take(bytes: Buffer, at: number): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = all.length - (all.length % 4);
    this.#rest = Buffer.from(all.subarray(whole));
    if (whole === 0) return;
    this.#schedule(at);
    for (let i = 0; i < whole; i += 4) this.#hear(all.readFloatLE(i));
  }

  /** How long the sound that has come lasts after `at`, in ms; negative when the card stalls then. */
  aheadMs(at: number): number {
    return this.#dueAt(this.#frames) - at;
  }

  #schedule(at: number): void {
    if (this.startedAt === undefined) this.startedAt = at + HOLD_MS;
    else if (at <= this.#dueAt(this.#frames)) return;
    else {
      const since = this.#dueAt(this.#frames);
      this.stalls.push({ at: since, ms: at + HOLD_MS - since });
    }
    this.#runs = [...this.#runs.slice(-1), { frame: this.#frames, at: at + HOLD_MS }];
  }

  #dueAt(frame: number): number {
    const run = this.#runs.findLast((candidate) => candidate.frame <= frame) ?? { frame, at: Number.POSITIVE_INFINITY };
    return run.at + ((frame - run.frame) * 1000) / CARD_RATE;
  }

  #hear(sample: number): void {
    const click = this.#ear.hear(sample, CARD_RATE);
    if (click !== undefined) this.clicks.push({ at: this.#dueAt(click.frame), hz: click.hz });
    if (Math.abs(sample) > SILENCE) {
      const ms = (this.#quiet * 1000) / CARD_RATE;
      if (this.#started && ms >= GAP_MS) this.gaps.push({ at: this.#dueAt(this.#frames) - ms, ms });
      this.#started = true;
      this.#quiet = 0;
    } else this.#quiet++;
    this.#frames++;
  }
}
