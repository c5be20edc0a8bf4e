import { BANDS, DIGITS, numberOf, TONE_AMPLITUDE, toneHz } from './time-code.ts';

/** A stretch of a decoded sound in which one number is heard without a break; places in ms from the sound's beginning. */
export type NumberSpan = { number: number; fromMs: number; toMs: number };

/** Samples per second of what {@link TimeCodeDecoder} takes, mono. */
export const DECODER_RATE = 12_000;

/** How often it looks: each 2.5 ms. */
const STEP = 30;
const STEP_MS = (STEP * 1000) / DECODER_RATE;

/** What it looks at: 40 ms, whole periods of all distances between tones, so that no tone is heard in another's place. */
const WINDOW_STEPS = 16;

const TONES = BANDS * DIGITS;

/** After that many samples all tones are where they began. */
const PERIOD = DECODER_RATE / 50;

/** A tone weaker than this share of what was sent is none: at the edge of a silence half of the window sounds. */
const LEAST_LEVEL = 0.5;

/** The second strongest tone of a band, as a share of the strongest: more means that the number changes just now. */
const MOST_RIVAL = 0.6;

/** A number heard for less than this is a chance find, in ms. */
const LEAST_SPAN_MS = 10;

/** Two finds of one number this near to each other are one, in ms: a single look may fail. */
const JOIN_MS = 10;

/** Numbers that follow each other at most this far apart meet in the middle, in ms: between them nothing is decided. */
const EDGE_MS = 30;

/**
 * Finds the numbers of a time code in a sound that comes in pieces. It tells for each how long it was heard, to a few ms,
 * so that a missing or doubled frame of 20 ms shows.
 */
export class TimeCodeDecoder {
  readonly #cos = tableOf(Math.cos);
  readonly #sin = tableOf(Math.sin);
  /** Sums of the last steps, a ring; real and imaginary parts of all tones. */
  readonly #ring: Float64Array[] = Array.from({ length: WINDOW_STEPS }, () => new Float64Array(2 * TONES));
  readonly #finds: NumberSpan[] = [];
  #step: Float64Array = new Float64Array(2 * TONES);
  #samples = 0;
  #steps = 0;

  /** How much sound it was given, in ms. */
  get heardMs(): number {
    return (this.#samples * 1000) / DECODER_RATE;
  }

  /** Takes the next samples. */
  push(samples: Float32Array): void {
    for (const sample of samples) {
      this.#add(sample);
      if (++this.#samples % STEP === 0) this.#look();
    }
  }

  /** All that was heard so far, in order. */
  spans(): NumberSpan[] {
    return meet(this.#finds.filter(({ fromMs, toMs }) => toMs - fromMs >= LEAST_SPAN_MS));
  }

  #add(sample: number): void {
    if (sample === 0) return;
    const row = (this.#samples % PERIOD) * TONES;
    const step = this.#step;
    for (let tone = 0; tone < TONES; tone++) {
      step[2 * tone] = (step[2 * tone] ?? 0) + sample * (this.#cos[row + tone] ?? 0);
      step[2 * tone + 1] = (step[2 * tone + 1] ?? 0) + sample * (this.#sin[row + tone] ?? 0);
    }
  }

  #look(): void {
    const oldest = this.#ring[this.#steps % WINDOW_STEPS] ?? new Float64Array(2 * TONES);
    this.#ring[this.#steps % WINDOW_STEPS] = this.#step;
    this.#step = oldest.fill(0);
    this.#steps++;
    const number = this.#numberNow();
    if (number === undefined) return;
    const middleMs = (this.#steps - WINDOW_STEPS / 2) * STEP_MS;
    this.#find(number, middleMs - STEP_MS / 2, middleMs + STEP_MS / 2);
  }

  #find(number: number, fromMs: number, toMs: number): void {
    const last = this.#finds.at(-1);
    if (last?.number === number && fromMs - last.toMs <= JOIN_MS) last.toMs = toMs;
    else this.#finds.push({ number, fromMs, toMs });
  }

  #numberNow(): number | undefined {
    const window = new Float64Array(2 * TONES);
    for (const sums of this.#ring)
      for (let i = 0; i < window.length; i++) window[i] = (window[i] ?? 0) + (sums[i] ?? 0);
    const digits: number[] = [];
    for (let band = 0; band < BANDS; band++) {
      const digit = strongest(window, band * DIGITS);
      if (digit === undefined) return undefined;
      digits.push(digit);
    }
    return numberOf(digits);
  }
}

/** The strongest tone of a band, when it is loud enough and stands alone. */
function strongest(window: Float64Array, firstTone: number): number | undefined {
  let best = { digit: 0, level: 0 };
  let second = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const tone = firstTone + digit;
    const level = Math.hypot(window[2 * tone] ?? 0, window[2 * tone + 1] ?? 0);
    if (level > best.level) {
      second = best.level;
      best = { digit, level };
    } else if (level > second) second = level;
  }
  const full = (TONE_AMPLITUDE * STEP * WINDOW_STEPS) / 2;
  return best.level >= LEAST_LEVEL * full && second <= MOST_RIVAL * best.level ? best.digit : undefined;
}

/** Moves the ends of neighbours to the middle between them. */
function meet(finds: readonly NumberSpan[]): NumberSpan[] {
  const spans = finds.map((find) => ({ ...find }));
  for (const [index, span] of spans.entries()) {
    const next = spans[index + 1];
    if (next === undefined || next.fromMs - span.toMs > EDGE_MS || next.number === span.number) continue;
    const middle = (span.toMs + next.fromMs) / 2;
    span.toMs = middle;
    next.fromMs = middle;
  }
  return spans;
}

function tableOf(wave: (angle: number) => number): Float64Array {
  const table = new Float64Array(PERIOD * TONES);
  for (let at = 0; at < PERIOD; at++) {
    for (let tone = 0; tone < TONES; tone++) {
      const hz = toneHz(Math.floor(tone / DIGITS), tone % DIGITS);
      table[at * TONES + tone] = wave((2 * Math.PI * hz * at) / DECODER_RATE);
    }
  }
  return table;
}
