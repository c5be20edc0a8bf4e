import { describe, expect, test } from '@jest/globals';
import { parseIngestFormat } from '../contract/index.ts';
import {
  type DecodedMedia,
  decodeMedia,
  encodeMedia,
  loadRecording,
  PUSHED_FORMATS,
  type PushedFormat,
} from '../testkit/fixtures/index.ts';
import { concatBytes } from './byte-fields.ts';
import { createScanner, type RestartPoint } from './index.ts';

/** After these many ms a decoder that began at a restart point must sound like one that began at the beginning. */
const WARM_UP_MS = 200;

/** Opus forgets its past slowly: -66 dB apart after 200 ms, one step of 16 bits after 300. */
const MAX_DIFFERENCE = 5e-4;
const SETTLED_MS = 300;
const MAX_SETTLED_DIFFERENCE = 4 / 32_768;

type Scanned = {
  input: NonNullable<ReturnType<typeof createScanner>['input']>;
  sampleRate: number;
  samples: number;
  feed: Uint8Array;
  restartPoints: RestartPoint[];
};

function scanWhole(mime: string, bytes: Uint8Array, from?: RestartPoint): Scanned {
  const scanner = createScanner(parseIngestFormat(mime), from);
  const report = scanner.scan(bytes);
  if (scanner.input === undefined || report.newStreamAt !== undefined) throw new Error('the stream was not understood');
  const { input, sampleRate = 0, samples } = scanner;
  return { input, sampleRate, samples, feed: concatBytes(report.feed), restartPoints: report.restartPoints };
}

/** The second one (the first is the beginning), one in the middle and the last one that leaves a second to decode. */
function pickRestartPoints({ restartPoints, samples, sampleRate }: Scanned): RestartPoint[] {
  const early = restartPoints.filter((point) => point.sample <= samples - sampleRate);
  const picked = [early[1], early[Math.floor(early.length / 2)], early.at(-1)];
  return [...new Set(picked)].filter((point) => point !== undefined);
}

/** Largest difference of the tail and the whole from so many ms after the restart on. */
function differenceAfter(ms: number, pair: { whole: DecodedMedia; tail: DecodedMedia; sample: number }): number {
  const { whole, tail, sample } = pair;
  let largest = 0;
  for (let i = Math.ceil((ms * tail.sampleRate) / 1000) * tail.channels; i < tail.pcm.length; i++) {
    const expected = whole.pcm[sample * whole.channels + i] ?? Number.NaN;
    const difference = Math.abs((tail.pcm[i] ?? Number.NaN) - expected);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

async function expectAgreement(mime: string, bytes: Uint8Array): Promise<void> {
  const scanned = scanWhole(mime, bytes);
  const whole = await decodeMedia(scanned.input, scanned.feed);
  expect({ samples: scanned.samples, sampleRate: scanned.sampleRate }).toEqual({
    samples: whole.length,
    sampleRate: whole.sampleRate,
  });
  const produced = await decodeMedia({ ...scanned.input, filter: 'aresample=48000,asetpts=N/SR/TB' }, scanned.feed);
  expect(Math.abs(produced.length - (scanned.samples * 48_000) / scanned.sampleRate)).toBeLessThan(1);

  const points = pickRestartPoints(scanned);
  expect(points.length).toBeGreaterThan(0);
  for (const point of points) {
    const rest = scanWhole(mime, bytes.subarray(point.sourceOffset), point);
    expect(rest.samples).toBe(scanned.samples);
    expect(Buffer.compare(rest.feed, scanned.feed.subarray(point.offset))).toBe(0);
    const tail = await decodeMedia(rest.input, concatBytes([point.prefix, rest.feed]));
    expect(point.sample + tail.length).toBe(whole.length);
    const pair = { whole, tail, sample: point.sample };
    expect(differenceAfter(WARM_UP_MS, pair)).toBeLessThan(MAX_DIFFERENCE);
    expect(differenceAfter(SETTLED_MS, pair)).toBeLessThan(MAX_SETTLED_DIFFERENCE);
  }
}

describe('a scanner counts what ffmpeg decodes, and a decoder that begins at a restart point gives out the same tail', () => {
  test.each<PushedFormat>(PUSHED_FORMATS)('for $title', async ({ mime, ...request }) => {
    await expectAgreement(mime, await encodeMedia({ ...request, seconds: 2.777 }));
  });

  test.each(['mediarecorder-webm-opus-120ms', 'mediarecorder-mp4-opus-240ms'] as const)(
    'for the recording %s',
    async (name) => {
      const { mime, chunks } = loadRecording(name);
      const begun = chunks.filter((chunk) => chunk.atMs < 8000);
      await expectAgreement(mime, concatBytes(begun.map((chunk) => chunk.bytes)));
    },
  );
});

describe('what lies around the audio changes neither count nor sound', () => {
  test('an ADTS stream with an ID3 tag in front, noise in the middle and another tag behind is decoded whole', async () => {
    const output = ['-c:a', 'aac', '-b:a', '64k', '-f', 'adts'];
    const clean = await encodeMedia({ output, seconds: 2 });
    const { restartPoints, samples } = scanWhole('audio/aac', clean);
    const middle = restartPoints[40]?.sourceOffset ?? 0;
    const tag = new Uint8Array([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 1, 0, ...new Uint8Array(128).fill(0xff)]);
    const noise = Uint8Array.from({ length: 2000 }, (_, i) => (i * 7919 + i * i) & 0xff);
    const oldTag = new Uint8Array(128).fill(0x41);
    oldTag.set([0x54, 0x41, 0x47]);
    const dirty = concatBytes([tag, clean.subarray(0, middle), noise, clean.subarray(middle), oldTag]);
    const scanned = scanWhole('audio/aac', dirty);
    expect(Buffer.compare(scanned.feed, clean)).toBe(0);
    expect((await decodeMedia(scanned.input, scanned.feed)).length).toBe(samples);
  });

  test('an MP3 file that is played over and over is counted on, its tag frames left out', async () => {
    const output = ['-c:a', 'libmp3lame', '-b:a', '64k', '-f', 'mp3'];
    const file = await encodeMedia({ output, seconds: 2, asFile: true });
    const scanned = scanWhole('audio/mpeg', concatBytes([file, file, file]));
    expect((await decodeMedia(scanned.input, scanned.feed)).length).toBe(scanned.samples);
    expect(scanned.samples).toBeGreaterThan(6 * 48_000);
  });

  test('an ADTS frame with two raw data blocks counts twice', async () => {
    const output = ['-c:a', 'aac', '-b:a', '64k', '-f', 'adts'];
    const single = await encodeMedia({ output, seconds: 2 });
    const starts = scanWhole('audio/aac', single).restartPoints.map((point) => point.sourceOffset);
    const double: Uint8Array[] = [];
    for (let i = 0; i + 2 < starts.length; i += 2) {
      const [first = 0, second = 0, end = 0] = starts.slice(i, i + 3);
      const frame = concatBytes([single.subarray(first, second), single.subarray(second + 7, end)]);
      const size = frame.length;
      frame.set([((frame[3] ?? 0) & 0xfc) | (size >> 11), size >> 3, ((frame[5] ?? 0) & 0x1f) | ((size & 7) << 5)], 3);
      frame[6] = ((frame[6] ?? 0) & 0xfc) | 1;
      double.push(frame);
    }
    const scanned = scanWhole('audio/aac', concatBytes(double));
    expect(scanned.samples).toBe(double.length * 2048);
    expect((await decodeMedia(scanned.input, scanned.feed)).length).toBe(scanned.samples);
  });

  test('a damaged Ogg page is left out and the pages around it are counted', async () => {
    const output = ['-c:a', 'libopus', '-page_duration', '20000', '-f', 'ogg'];
    const clean = await encodeMedia({ output, seconds: 2 });
    const before = scanWhole('audio/ogg', clean);
    const damaged = clean.slice();
    const at = (before.restartPoints[50]?.sourceOffset ?? 0) + 40;
    damaged[at] = (damaged[at] ?? 0) ^ 0x55;
    const after = scanWhole('audio/ogg', damaged);
    expect(before.samples - after.samples).toBe(960);
    expect((await decodeMedia(after.input, after.feed)).length).toBe(after.samples);
  });
});
