import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { wavOf } from '../testkit/index.ts';
import { chunksOf, encodeAs, SWEEP_FORMATS, type SweepFormat } from './formats.ts';
import { decodeAudio, type Pcm } from './pcm.ts';
import {
  dateErrorMs,
  left,
  listenBack,
  PLACE_OF_FIRST_SAMPLE,
  type Played,
  pushAndFollow,
  worstSnrDb,
} from './played.ts';
import { type Stack, type StackStation, startStack } from './stack.ts';
import { stereoSweep } from './sweep.ts';

const SECONDS = 6;
/** One stream starts after the other, in ms: nine encoders that start at once would hold each other up. */
const SHIFT_MS = 4500;
let stack: Stack;
/** A format that fails must not hide what became of the others. */
const outcomes = new Map<string, Played | Error>();

beforeAll(async () => {
  // No filler on a busy machine: what is tested is where samples go, not how soon.
  stack = await startStack({ env: { FILLER_GRACE_MS: '60000' } });
  const sweep = stereoSweep(SECONDS);
  const wav = wavOf(sweep.samples, sweep.rate, sweep.channels);
  // Everything that takes CPU is done before or after the real-time part, so that it disturbs none of the streams.
  const prepared: Prepared[] = [];
  for (const format of SWEEP_FORMATS) prepared.push(await prepare(format, wav));
  const pushed = prepared.map(async ({ format: { type }, station, chunks }, i) => {
    await sleep(i * SHIFT_MS);
    return pushAndFollow({ server: stack.url, station, type, chunks }).catch((error: Error) => error);
  });
  for (const [i, followed] of (await Promise.all(pushed)).entries()) {
    const { format, reference } = prepared[i] as Prepared;
    outcomes.set(format.name, followed instanceof Error ? followed : await listenBack(followed, reference));
  }
}, 300_000);
afterAll(() => stack.close());

type Prepared = { format: SweepFormat; chunks: ReturnType<typeof chunksOf>; reference: Pcm; station: StackStation };

async function prepare(format: SweepFormat, wav: Buffer): Promise<Prepared> {
  const file = await encodeAs(format, wav);
  const reference = await decodeAudio(file, format.demuxer, format.readOptions);
  return { format, chunks: chunksOf(format, file, SECONDS), reference, station: await stack.addStation(format.name) };
}

describe.each(SWEEP_FORMATS.map(({ name }) => name))('%s pushed in real time', (name) => {
  const get = () => {
    const outcome = outcomes.get(name) ?? new Error(`${name} was not pushed.`);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };

  test('is heard whole behind the opening filler, no sample lost, doubled or moved, in all three renditions', () => {
    const { reference, decoded, lags } = get();
    expect(lags).toHaveLength(3);
    expect(new Set(lags.flat())).toEqual(new Set([PLACE_OF_FIRST_SAMPLE]));
    const lengths = new Set(decoded.map((pcm) => left(pcm).length));
    expect(lengths.size).toBe(1);
    expect(Math.min(...lengths)).toBeGreaterThanOrEqual(PLACE_OF_FIRST_SAMPLE + left(reference).length);
  });

  test('sounds as it was pushed, on both channels', () => {
    expect(worstSnrDb(get())).toBeGreaterThan(40);
  });

  test('has segments that are their parts, byte for byte', () => {
    const whole = get().renditions.flatMap(({ segments }) => segments.filter((segment) => segment.whole));
    expect(whole.length).toBeGreaterThanOrEqual(6);
    for (const { bytes, parts } of whole) {
      expect(Buffer.concat(parts.map((part) => part.bytes)).equals(bytes)).toBe(true);
    }
  });

  test('carries programme date-times of when it was captured', () => {
    expect(Math.abs(dateErrorMs(get()))).toBeLessThan(400);
  });
});
