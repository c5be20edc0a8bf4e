import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { wavOf } from '../testkit/index.ts';
import { chunksOf, encodeAs, PUSHED_FORMATS, type PushedFormat } from './formats.ts';
import { type FetchedRendition, followRendition, variantsOf } from './hls-reader.ts';
import { decodeAudio, lagOf, onsetOf, type Pcm, snrDb } from './pcm.ts';
import { pushSimply } from './simple-push.ts';
import { type Stack, type StackStation, startStack } from './stack.ts';
import { stereoSweep } from './sweep.ts';

const SECONDS = 6;
const FRAME = 1024;
/** Three segments of filler, and the encoder's priming. */
const PLACE_OF_FIRST_SAMPLE = 3 * 90 * FRAME + FRAME;

/** What came of one pushed file. */
type Played = {
  format: PushedFormat;
  /** The pushed file as an outside decoder hears it. */
  reference: Pcm;
  renditions: FetchedRendition[];
  decoded: Pcm[];
  firstByteAt: number;
};

let stack: Stack;
/** A format that fails must not hide what became of the others. */
const played = new Map<string, Played | Error>();

beforeAll(async () => {
  stack = await startStack();
  const sweep = stereoSweep(SECONDS);
  const wav = wavOf(sweep.samples, sweep.rate, sweep.channels);
  // Everything that takes CPU is done before or after the real-time part, so that it disturbs none of the streams.
  const prepared: Prepared[] = [];
  for (const format of PUSHED_FORMATS) prepared.push(await prepare(format, wav));
  const heard = await Promise.all(prepared.map((one) => pushAndFollow(one).catch((error: Error) => error)));
  for (const [i, { format, reference }] of prepared.entries()) {
    const outcome = heard[i] ?? new Error('It was not pushed.');
    played.set(
      format.name,
      outcome instanceof Error ? outcome : { format, reference, ...outcome, decoded: await decodeAll(outcome) },
    );
  }
}, 120_000);
afterAll(() => stack.close());

type Prepared = { format: PushedFormat; file: Buffer; reference: Pcm; station: StackStation };

async function prepare(format: PushedFormat, wav: Buffer): Promise<Prepared> {
  const file = await encodeAs(format, wav);
  const reference = await decodeAudio(file, format.demuxer, format.readOptions);
  return { format, file, reference, station: await stack.addStation(format.name) };
}

async function pushAndFollow({ format, file, station }: Prepared) {
  const pushing = pushSimply({
    server: stack.url,
    station,
    type: format.type,
    chunks: chunksOf(format, file, SECONDS),
  });
  const listening = variantsOf(stack.url, station.slug).then((variants) =>
    Promise.all(variants.map((variant) => followRendition(variant))),
  );
  const [{ firstByteAt }, renditions] = await Promise.all([pushing, listening]);
  return { firstByteAt, renditions };
}

async function decodeAll({ renditions }: { renditions: FetchedRendition[] }): Promise<Pcm[]> {
  const decoded: Pcm[] = [];
  for (const { init, segments } of renditions) {
    decoded.push(await decodeAudio(Buffer.concat([init, ...segments.map(({ bytes }) => bytes)]), 'mp4'));
  }
  return decoded;
}

function left(pcm: Pcm | undefined): Float32Array {
  return pcm?.channels[0] ?? new Float32Array();
}

/** How much later than in the reference the signal is, at several places of it. */
function lagsOf(reference: Float32Array, found: Float32Array): number[] {
  const around = onsetOf(found) - onsetOf(reference);
  const [whole, ...more] = [0.1, 0.3, 0.5, 0.7, 0.9].map((place) => Math.floor(place * reference.length));
  const first = lagOf(reference, found, { from: whole ?? 0, length: 9600, around, within: 1500 });
  return [first, ...more.map((from) => lagOf(reference, found, { from, length: 9600, around: first, within: 1100 }))];
}

describe.each(PUSHED_FORMATS.map(({ name }) => name))('%s pushed in real time', (name) => {
  const get = () => {
    const outcome = played.get(name) ?? new Error(`${name} was not pushed.`);
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };

  test('is heard whole and at one place, without a sample lost or doubled', () => {
    const { reference, decoded } = get();
    const lags = lagsOf(left(reference), left(decoded.at(-1)));
    expect(new Set(lags).size).toBe(1);
    expect(left(decoded.at(-1)).length).toBeGreaterThanOrEqual((lags[0] ?? 0) + left(reference).length);
  });

  test('begins after the opening filler, to the sample', () => {
    const { reference, decoded } = get();
    expect(lagsOf(left(reference), left(decoded.at(-1)))[0]).toBe(PLACE_OF_FIRST_SAMPLE);
  });

  test('sounds as it was pushed, on both channels', () => {
    const { reference, decoded } = get();
    const [lag = 0] = lagsOf(left(reference), left(decoded.at(-1)));
    const ratios = [0, 1].map((channel) => {
      const [a, b] = [reference.channels[channel], decoded.at(-1)?.channels[channel]];
      return snrDb(a ?? new Float32Array(), b ?? new Float32Array(), {
        lag,
        from: 4800,
        to: left(reference).length - 4800,
      });
    });
    expect(Math.min(...ratios)).toBeGreaterThan(20);
  });

  test('is at the same samples in all three renditions', () => {
    const { reference, decoded } = get();
    expect(decoded).toHaveLength(3);
    const lags = decoded.map((pcm) => lagsOf(left(reference), left(pcm)));
    expect(lags[1]).toEqual(lags[0]);
    expect(lags[2]).toEqual(lags[0]);
    expect(new Set(decoded.map((pcm) => left(pcm).length)).size).toBe(1);
  });

  test('has segments that are their parts, byte for byte', () => {
    const whole = get().renditions.flatMap(({ segments }) => segments.filter((segment) => segment.whole));
    expect(whole.length).toBeGreaterThanOrEqual(6);
    for (const { bytes, parts } of whole) {
      expect(Buffer.concat(parts.map((part) => part.bytes)).equals(bytes)).toBe(true);
    }
  });

  test('carries programme date-times of when it was captured', () => {
    const { renditions, reference, decoded, firstByteAt } = get();
    const [lag = 0] = lagsOf(left(reference), left(decoded.at(-1)));
    const start = renditions[0]?.segments[0]?.listed.programDateTime ?? 0;
    expect(Math.abs(start + lag / 48 - firstByteAt)).toBeLessThan(400);
  });
});
