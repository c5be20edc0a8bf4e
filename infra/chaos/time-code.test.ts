import { describe, expect, test } from '@jest/globals';
import { throughFfmpeg } from '../e2e/pcm.ts';
import { wavOf } from '../testkit/index.ts';
import { auditNumbers, rangesText } from './number-audit.ts';
import { digitsOf, NUMBERS, numberOf, TIME_CODE_RATE, timeCodeSamples } from './time-code.ts';
import { DECODER_RATE, type NumberSpan, TimeCodeDecoder } from './time-code-decoder.ts';

/** Every fourth sample is enough: the tones end far below 6 kHz. */
function decode(samples: Float32Array): NumberSpan[] {
  const decoder = new TimeCodeDecoder();
  const every = TIME_CODE_RATE / DECODER_RATE;
  decoder.push(Float32Array.from({ length: samples.length / every }, (_, i) => samples[i * every] ?? 0));
  decoder.push(new Float32Array(DECODER_RATE / 10));
  return decoder.spans();
}

function join(...pieces: Float32Array[]): Float32Array {
  const whole = new Float32Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

const silent = (ms: number) => new Float32Array((ms * TIME_CODE_RATE) / 1000);
const numbers = (spans: NumberSpan[]) => spans.map(({ number }) => number);
const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

async function throughOpusAndAac(samples: Float32Array): Promise<NumberSpan[]> {
  const opus = await throughFfmpeg(
    ['-f', 'wav', '-i', 'pipe:0', '-c:a', 'libopus', '-b:a', '64k', '-f', 'webm', 'pipe:1'],
    wavOf(samples, TIME_CODE_RATE, 1),
  );
  const aac = await throughFfmpeg(
    ['-f', 'webm', '-i', 'pipe:0', '-c:a', 'aac', '-b:a', '64k', '-ac', '2', '-ar', '48000', '-f', 'adts', 'pipe:1'],
    opus,
  );
  const raw = await throughFfmpeg(
    ['-f', 'aac', '-i', 'pipe:0', '-ac', '1', '-ar', String(DECODER_RATE), '-f', 'f32le', 'pipe:1'],
    aac,
  );
  const decoder = new TimeCodeDecoder();
  decoder.push(new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length - (raw.length % 4))));
  return decoder.spans();
}

describe('a number', () => {
  test('is told by its digits, and by no digits with one of them wrong', () => {
    for (const number of [0, 1, 15, 16, 4095, 43_981, NUMBERS - 1]) {
      const digits = digitsOf(number);
      expect(numberOf(digits)).toBe(number);
      for (const [place, digit] of digits.entries()) {
        const wrong = digits.with(place, (digit + 1 + (number % 15)) % 16);
        expect(numberOf(wrong)).toBeUndefined();
      }
    }
  });

  test('beyond the last one cannot be made', () => {
    expect(() => timeCodeSamples(NUMBERS - 1, 2)).toThrow(RangeError);
  });
});

describe('a time code', () => {
  test('is read number for number, each as long as it was sent', () => {
    const spans = decode(timeCodeSamples(250, 30));
    expect(numbers(spans)).toEqual(range(250, 30));
    for (const { fromMs, toMs } of spans.slice(1, -1)) expect(Math.abs(toMs - fromMs - 100)).toBeLessThan(6);
    expect(spans[10]?.fromMs).toBeCloseTo(1000, -1);
  });

  test('is read from any place on', () => {
    for (const start of [1, 777, 2400, 4799]) {
      expect(numbers(decode(timeCodeSamples(60, 8).subarray(start))).slice(-7)).toEqual(range(61, 7));
    }
  });

  test('that was interrupted by silence within a number is read in two pieces of it', () => {
    const spans = decode(
      join(timeCodeSamples(0, 5).subarray(0, 4800 * 4 + 2400), silent(700), timeCodeSamples(4, 4).subarray(2400)),
    );
    expect(numbers(spans)).toEqual([0, 1, 2, 3, 4, 4, 5, 6, 7]);
    expect(auditNumbers(spans, () => true)).toMatchObject({ lost: [], doubled: [], outOfOrder: [] });
  });

  test('is nothing in silence and in a tone', () => {
    expect(decode(silent(1000))).toEqual([]);
    const tone = Float32Array.from({ length: 48_000 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 1000 * i) / 48_000));
    expect(decode(tone)).toEqual([]);
  });

  test('survives Opus and AAC at 64 kbit/s to the number', async () => {
    const spans = await throughOpusAndAac(timeCodeSamples(4000, 200));
    expect(numbers(spans)).toEqual(range(4000, 200));
    const inside = (number: number) => number > 4000 && number < 4199;
    expect(auditNumbers(spans, inside)).toMatchObject({ expected: 198, lost: [], doubled: [], outOfOrder: [] });
  });
});

describe('an audit', () => {
  const whole = timeCodeSamples(0, 12);
  const expected = (number: number) => number > 0 && number < 11;

  test('finds a frame of 1024 samples that is missing', async () => {
    const spans = await throughOpusAndAac(join(whole.subarray(0, 26_000), whole.subarray(27_024)));
    const { lost, lostMs } = auditNumbers(spans, expected);
    expect(lost.map(({ number }) => number)).toEqual([5]);
    expect(Math.abs(lostMs - 21.3)).toBeLessThan(6);
  });

  test('finds a frame of 1024 samples that is there twice', async () => {
    const spans = await throughOpusAndAac(join(whole.subarray(0, 27_024), whole.subarray(26_000)));
    const { lost, doubled } = auditNumbers(spans, expected);
    expect(lost).toEqual([]);
    expect(doubled.map(({ number }) => number)).toEqual([5]);
  });

  test('finds numbers that are missing, late or not asked for', () => {
    const spans = decode(
      join(timeCodeSamples(0, 4), timeCodeSamples(7, 3), timeCodeSamples(5, 1), timeCodeSamples(10, 2)),
    );
    const audit = auditNumbers(spans, expected);
    expect(audit.lost.map(({ number }) => number)).toEqual([4, 6]);
    expect(audit.lostMs).toBeCloseTo(200, 0);
    expect(audit.outOfOrder).toEqual([5]);
    expect(auditNumbers(spans, (number) => number === 3)).toMatchObject({ expected: 1, lost: [] });
  });

  test('tells ranges as people write them', () => {
    expect(rangesText([1, 2, 3, 7, 9, 10])).toBe('1-3, 7, 9-10');
    expect(rangesText([])).toBe('');
  });
});
