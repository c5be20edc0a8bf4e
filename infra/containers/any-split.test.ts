import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseIngestFormat } from '../contract/index.ts';
import { encodeMedia, loadRecording, PUSHED_FORMATS } from '../testkit/fixtures/index.ts';
import { concatBytes } from './byte-fields.ts';
import { createScanner, type RestartPoint } from './index.ts';

const media = new Map<string, { mime: string; bytes: Uint8Array }>();

beforeAll(async () => {
  for (const { title, mime, ...request } of PUSHED_FORMATS) {
    media.set(title, { mime, bytes: await encodeMedia({ ...request, seconds: 0.6 }) });
  }
  for (const name of ['mediarecorder-webm-opus-120ms', 'mediarecorder-mp4-opus-240ms'] as const) {
    const { mime, chunks } = loadRecording(name);
    media.set(name, { mime, bytes: concatBytes(chunks.slice(0, 10).map((chunk) => chunk.bytes)) });
  }
}, 120_000);

type Total = { feed: Uint8Array; samples: number; restartPoints: RestartPoint[]; newStreamAt: number | undefined };

/** Scans in pieces of the sizes given, over and over; in one piece when there are none. */
function scanInPieces(mime: string, bytes: Uint8Array, sizes: readonly number[]): Total {
  const scanner = createScanner(parseIngestFormat(mime));
  const total = { feed: [] as Uint8Array[], restartPoints: [] as RestartPoint[] };
  let newStreamAt: number | undefined;
  for (let at = 0, i = 0; at < bytes.length && newStreamAt === undefined; i++) {
    const size = sizes[i % sizes.length] ?? bytes.length;
    const report = scanner.scan(bytes.subarray(at, at + size));
    total.feed.push(...report.feed);
    total.restartPoints.push(...report.restartPoints);
    if (report.newStreamAt !== undefined) newStreamAt = at + report.newStreamAt;
    at += size;
  }
  return { ...total, feed: concatBytes(total.feed), samples: scanner.samples, newStreamAt };
}

/** Restart points as text, and all prefixes that differ as bytes. */
function summaryOf({ samples, newStreamAt, restartPoints }: Total) {
  const points = restartPoints.map(
    ({ offset, sourceOffset, sample, prefix, state }) =>
      `${offset} ${sourceOffset} ${sample} ${prefix.length} ${state}`,
  );
  return { samples, newStreamAt, points: points.join('\n') };
}

function prefixesOf({ restartPoints }: Total): Uint8Array {
  return concatBytes([...new Set(restartPoints.map((point) => point.prefix))]);
}

function expectSame(actual: Total, expected: Total): void {
  expect(Buffer.compare(actual.feed, expected.feed)).toBe(0);
  expect(summaryOf(actual)).toEqual(summaryOf(expected));
  expect(Buffer.compare(prefixesOf(actual), prefixesOf(expected))).toBe(0);
}

const titles = [
  ...PUSHED_FORMATS.map(({ title }) => title),
  'mediarecorder-webm-opus-120ms',
  'mediarecorder-mp4-opus-240ms',
];

describe('however a stream is cut, the reports add up to the same', () => {
  test.each(titles)('for %s', (title) => {
    const { mime, bytes } = media.get(title) ?? { mime: '', bytes: new Uint8Array(0) };
    const whole = scanInPieces(mime, bytes, []);
    expect(whole.samples).toBeGreaterThan(4096);
    const sizes = fc.array(fc.integer({ min: 25, max: 1500 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(sizes, (pieces) => expectSame(scanInPieces(mime, bytes, pieces), whole)),
      { numRuns: 8 },
    );
  });

  test.each(['WebM with Opus', 'Ogg with Opus, 20 ms pages', 'MP4 with AAC', 'ADTS', 'an MP3 file with tags', 'WAV'])(
    'byte by byte, for %s',
    (title) => {
      const { mime, bytes } = media.get(title) ?? { mime: '', bytes: new Uint8Array(0) };
      const begun = bytes.subarray(0, 12_000);
      expectSame(scanInPieces(mime, begun, [1]), scanInPieces(mime, begun, []));
    },
  );

  test.each(['WebM with Opus', 'Ogg with Vorbis', 'MP4 with AAC', 'a WAV file, 24 bits'])(
    'where another stream begins behind the first, for %s',
    (title) => {
      const { mime, bytes } = media.get(title) ?? { mime: '', bytes: new Uint8Array(0) };
      const twice = concatBytes([bytes, bytes]);
      const whole = scanInPieces(mime, twice, []);
      expect(whole.newStreamAt).toBe(bytes.length);
      fc.assert(
        fc.property(fc.integer({ min: 25, max: 3000 }), (size) => expectSame(scanInPieces(mime, twice, [size]), whole)),
        { numRuns: 10 },
      );
    },
  );
});

test('the given bytes are never changed, and Node Buffers are taken too', () => {
  for (const { mime, bytes } of media.values()) {
    const given = Buffer.concat([Buffer.alloc(5, 0xee), bytes]).subarray(5); // shares memory with what stands before it
    const expected = scanInPieces(mime, bytes, []);
    expectSame(scanInPieces(mime, given, [997]), expected);
    expect(Buffer.compare(given, bytes)).toBe(0);
    const point = expected.restartPoints.at(-1);
    if (point !== undefined) {
      const rest = createScanner(parseIngestFormat(mime), { ...point, prefix: Buffer.from(point.prefix) });
      rest.scan(given.subarray(point.sourceOffset));
      expect(rest.samples).toBeGreaterThanOrEqual(expected.samples);
    }
    expect(Buffer.compare(given, bytes)).toBe(0);
  }
});
