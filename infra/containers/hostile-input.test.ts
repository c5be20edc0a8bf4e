import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AwazError, parseIngestFormat } from '../contract/index.ts';
import { encodeMedia, PUSHED_FORMATS } from '../testkit/fixtures/index.ts';
import { concatBytes } from './byte-fields.ts';
import { createScanner, looksLikeNewStream, looksLikeStart } from './index.ts';

const ONE_OF_EACH = ['WebM with Opus', 'WebM with Vorbis', 'Ogg with FLAC', 'MP4 with AAC', 'ADTS', 'MP3', 'WAV'];
const samples: { mime: string; bytes: Uint8Array }[] = [];

beforeAll(async () => {
  for (const { title, mime, ...request } of PUSHED_FORMATS) {
    if (ONE_OF_EACH.includes(title)) samples.push({ mime, bytes: await encodeMedia({ ...request, seconds: 0.5 }) });
  }
}, 120_000);

/** A change of a file: where (share of its length; the first kilobyte is as likely as the rest), what, with how many bytes. */
type Mutation = { at: number; kind: 'set' | 'cut' | 'insert' | 'repeat' | 'other'; bytes: Uint8Array };

const mutations = fc.array(
  fc.record({
    at: fc.oneof(fc.double({ min: 0, max: 0.05, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
    kind: fc.constantFrom<Mutation['kind']>('set', 'cut', 'insert', 'repeat', 'other'),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }),
  }),
  { minLength: 1, maxLength: 8 },
);

function mutate(bytes: Uint8Array, { at, kind, bytes: patch }: Mutation): Uint8Array {
  const start = Math.floor(at * bytes.length);
  const length = patch.length * (patch[0] ?? 1);
  const [before, after] = [bytes.subarray(0, start), bytes.subarray(start)];
  switch (kind) {
    case 'set':
      return concatBytes([before, patch, after.subarray(patch.length)]);
    case 'cut':
      return concatBytes([before, after.subarray(length)]);
    case 'insert':
      return concatBytes([before, patch, after]);
    case 'repeat':
      return concatBytes([before, after.subarray(0, length), after]);
    case 'other':
      return concatBytes([before, samples[length % samples.length]?.bytes.subarray(0, length) ?? [], after]);
  }
}

/** What a scan of the pieces ends with; throws whatever is no `bad_media`. */
function outcome(mime: string, bytes: Uint8Array, size: number): { feedBytes: number; samples: number } | 'bad_media' {
  const scanner = createScanner(parseIngestFormat(mime));
  let feedBytes = 0;
  try {
    for (let at = 0; at < bytes.length; at += size) {
      const report = scanner.scan(bytes.subarray(at, at + size));
      for (const view of report.feed) feedBytes += view.length;
      if (report.newStreamAt !== undefined) break;
    }
  } catch (error) {
    if (error instanceof AwazError && error.code === 'bad_media') return 'bad_media';
    throw error;
  }
  return { feedBytes, samples: scanner.samples };
}

const MIMES = [...new Set(PUSHED_FORMATS.map(({ mime }) => mime))];

describe('bytes that break the rules', () => {
  test('of damaged streams end in bad_media or in a count, the same however they are cut', () => {
    fc.assert(
      fc.property(fc.nat(), mutations, fc.integer({ min: 20, max: 4000 }), (which, changes, size) => {
        const sample = samples[which % samples.length] ?? { mime: '', bytes: new Uint8Array(0) };
        const damaged = changes.reduce(mutate, sample.bytes);
        expect(outcome(sample.mime, damaged, size)).toEqual(outcome(sample.mime, damaged, damaged.length + 1));
      }),
      { numRuns: 200 },
    );
  });

  test('of no stream at all end in bad_media or in nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...MIMES), fc.uint8Array({ maxLength: 3000 }), (mime, bytes) => {
        looksLikeStart(parseIngestFormat(mime), bytes);
        looksLikeNewStream(parseIngestFormat(mime), bytes);
        outcome(mime, bytes, 100);
      }),
      { numRuns: 200 },
    );
  });

  test.each(['audio/webm', 'audio/ogg', 'audio/mp4', 'audio/aac', 'audio/mpeg', 'audio/wav'])(
    'text is refused as %s after 64 KiB at most, with a message that says what to check',
    (mime) => {
      const scanner = createScanner(parseIngestFormat(mime));
      const text = new TextEncoder().encode('#EXTM3U and so on, no audio. '.repeat(100));
      let given = 0;
      const push = () => {
        while (given < 100_000) {
          scanner.scan(text);
          given += text.length;
        }
      };
      expect(push).toThrow(/Check that the type announced is the type sent/);
      expect(given).toBeLessThanOrEqual(65_536 + text.length);
      expect(() => scanner.scan(text)).toThrow(AwazError); // and again, whatever comes
    },
  );

  test('a stream that turns into noise is refused after 1 MiB of it', () => {
    for (const { mime, bytes } of samples.filter(({ mime }) => mime !== 'audio/wav')) {
      const scanner = createScanner(parseIngestFormat(mime));
      scanner.scan(bytes);
      const noise = new Uint8Array(300_000).fill(0x20);
      const push = () => {
        for (let i = 0; i < 5; i++) scanner.scan(noise);
      };
      expect(push).toThrow(/was lost for 1048576 bytes in a row/);
    }
  });
});
