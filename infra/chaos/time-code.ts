/**
 * A sound in which each 100 ms carries its number as five tones at once, one from each of five bands: four hexadecimal
 * digits and a check digit. It stands encoders of 64 kbit/s, a start anywhere, filler in between and cuts within a number.
 */

/** How long each number sounds, in ms. */
export const NUMBER_MS = 100;

/** Numbers go from 0 to this minus one: an hour and 49 minutes of sound. */
export const NUMBERS = 65_536;

/** Hexadecimal digits of a number, the least one first, and a check digit. */
export const BANDS = 5;

/** Tones of a band, one for each digit. */
export const DIGITS = 16;

/** The lowest tone and the distance of two, in Hz: 100 ms and 20 ms hold whole periods of each. */
const LOWEST_HZ = 500;
const SPACING_HZ = 50;

/** Strength of each tone; all five together stay below 0.6 of the full scale. */
export const TONE_AMPLITUDE = 0.12;

/** Samples per second of what {@link timeCodeSamples} makes. */
export const TIME_CODE_RATE = 48_000;

const NUMBER_SAMPLES = (TIME_CODE_RATE * NUMBER_MS) / 1000;

/** One period of the tones' greatest common frequency. */
const PERIOD = TIME_CODE_RATE / SPACING_HZ;
const SINE: Float64Array = Float64Array.from({ length: PERIOD }, (_, i) => Math.sin((2 * Math.PI * i) / PERIOD));

/** Frequency of a digit in its band, in Hz. */
export function toneHz(band: number, digit: number): number {
  return LOWEST_HZ + SPACING_HZ * (band * DIGITS + digit);
}

/** Digits of a number, the least one first, then the check digit: any wrong digit makes it wrong. */
export function digitsOf(number: number): number[] {
  const digits = [0, 4, 8, 12].map((shift) => (number >> shift) & 15);
  return [...digits, checkDigit(digits)];
}

/** The number that these digits say; undefined when the check digit does not fit. */
export function numberOf(digits: readonly number[]): number | undefined {
  const [d0 = 0, d1 = 0, d2 = 0, d3 = 0, check] = digits;
  return checkDigit([d0, d1, d2, d3]) === check ? d0 | (d1 << 4) | (d2 << 8) | (d3 << 12) : undefined;
}

/** Odd weights, so that no single wrong digit leaves the sum as it was. */
function checkDigit(digits: readonly number[]): number {
  return digits.reduce((sum, digit, index) => sum + digit * (2 * index + 1), 9) & 15;
}

/** The sound of `count` numbers from `first` on: mono, at {@link TIME_CODE_RATE}. Throws a RangeError beyond the last number. */
export function timeCodeSamples(first: number, count: number): Float32Array {
  if (first < 0 || first + count > NUMBERS) throw new RangeError(`There are no numbers ${first} to ${first + count}.`);
  const samples = new Float32Array(count * NUMBER_SAMPLES);
  for (let n = 0; n < count; n++) {
    addNumber(samples.subarray(n * NUMBER_SAMPLES, (n + 1) * NUMBER_SAMPLES), first + n);
  }
  return samples;
}

/** Each tone has whole periods in a number, so that all begin and end at zero: no click where they change. */
function addNumber(samples: Float32Array, number: number): void {
  for (const [band, digit] of digitsOf(number).entries()) {
    const step = toneHz(band, digit) / SPACING_HZ;
    for (let i = 0; i < samples.length; i++) {
      samples[i] = (samples[i] ?? 0) + TONE_AMPLITUDE * (SINE[(i * step) % PERIOD] ?? 0);
    }
  }
}
