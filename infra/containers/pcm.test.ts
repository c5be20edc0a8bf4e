import { describe, expect, test } from '@jest/globals';
import { parseIngestFormat } from '../contract/index.ts';
import { concatBytes } from './byte-fields.ts';
import { guessByteOrder } from './byte-order.ts';
import { createScanner, type RestartPoint } from './index.ts';

const WAV = parseIngestFormat('audio/wav');
const L16 = parseIngestFormat('audio/l16;rate=8000;channels=1');

const text = (characters: string) => new Uint8Array(Buffer.from(characters, 'latin1'));

function le(...fields: [value: number, bytes: number][]): Uint8Array {
  return new Uint8Array(
    fields.flatMap(([value, bytes]) => Array.from({ length: bytes }, (_, i) => (value / 256 ** i) & 255)),
  );
}

function chunk(id: string, content: Uint8Array, size = content.length): Uint8Array {
  return concatBytes([text(id), le([size, 4]), content, new Uint8Array(content.length % 2)]);
}

type WavFacts = { tag?: number; channels?: number; rate?: number; bits?: number; extra?: Uint8Array };

function wavHead({
  tag = 1,
  channels = 2,
  rate = 48_000,
  bits = 16,
  extra = new Uint8Array(0),
}: WavFacts = {}): Uint8Array {
  const align = (channels * bits) / 8;
  const format = le([tag, 2], [channels, 2], [rate, 4], [rate * align, 4], [align, 2], [bits, 2]);
  return concatBytes([text('RIFF'), le([0xffffffff, 4]), text('WAVE'), chunk('fmt ', concatBytes([format, extra]))]);
}

const ramp = (bytes: number) => Uint8Array.from({ length: bytes }, (_, i) => i & 0xff);

function scan(format: typeof WAV, bytes: Uint8Array, from?: RestartPoint) {
  const scanner = createScanner(format, from);
  const report = scanner.scan(bytes);
  return { ...report, scanner, feed: concatBytes(report.feed) };
}

describe('a WAV stream', () => {
  test('is fed as raw samples and says of which kind', () => {
    const { feed, scanner } = scan(WAV, concatBytes([wavHead(), chunk('data', ramp(4000))]));
    expect(scanner.input).toEqual({ demuxer: 's16le', sampleRate: 48_000, channels: 2 });
    expect(feed).toEqual(ramp(4000));
    expect(scanner.samples).toBe(1000);
  });

  test.each<[string, WavFacts, string]>([
    ['8 bits', { bits: 8 }, 'u8'],
    ['24 bits', { bits: 24 }, 's24le'],
    ['32 bits', { bits: 32 }, 's32le'],
    ['float', { tag: 3, bits: 32 }, 'f32le'],
    ['double', { tag: 3, bits: 64 }, 'f64le'],
    [
      'the extensible format',
      { tag: 0xfffe, bits: 24, extra: concatBytes([le([22, 2], [24, 2], [3, 4], [1, 2]), ramp(14)]) },
      's24le',
    ],
  ])('of %s', (_, facts, demuxer) => {
    const { scanner } = scan(WAV, concatBytes([wavHead(facts), chunk('data', ramp(48_000))]));
    expect(scanner.input?.demuxer).toBe(demuxer);
  });

  test.each([0, 0xffffffff, 0x7fffffff - 36])('with a data size of %d goes on to the end', (size) => {
    const { scanner } = scan(WAV, concatBytes([wavHead(), chunk('data', ramp(4000), size), text('RIFF'), ramp(36)]));
    expect(scanner.samples).toBe(1010);
  });

  test('of known size ends there: other chunks are passed over, another header is another stream', () => {
    const first = concatBytes([wavHead(), chunk('LIST', ramp(7)), chunk('data', ramp(400)), chunk('id3 ', ramp(99))]);
    const { feed, scanner, newStreamAt } = scan(WAV, concatBytes([first, wavHead()]));
    expect(feed).toEqual(ramp(400));
    expect(scanner.samples).toBe(100);
    expect(newStreamAt).toBe(first.length);
  });

  test('can be restarted each 100 ms, and knows from then on where its data ends', () => {
    const bytes = concatBytes([wavHead(), chunk('data', ramp(48_000)), chunk('LIST', ramp(100))]);
    const { restartPoints } = scan(WAV, bytes);
    expect(restartPoints.map((point) => point.sample)).toEqual([0, 4800, 9600]);
    const rest = scan(WAV, bytes.subarray(restartPoints[1]?.sourceOffset), restartPoints[1]);
    expect(rest.scanner.input).toEqual({ demuxer: 's16le', sampleRate: 48_000, channels: 2 });
    expect(rest.scanner.samples).toBe(12_000);
    expect(rest.feed.length).toBe(48_000 - 19_200);
    expect(rest.restartPoints[0]).toEqual(restartPoints[1]);
  });

  test('cut inside of samples carries the pieces over', () => {
    const scanner = createScanner(WAV);
    const bytes = concatBytes([wavHead(), chunk('data', ramp(400))]);
    const sizes: number[] = [];
    for (let at = 0; at < bytes.length; at += 7) {
      for (const view of scanner.scan(bytes.subarray(at, at + 7)).feed) sizes.push(view.length % 4);
    }
    expect(new Set(sizes)).toEqual(new Set([0]));
    expect(scanner.samples).toBe(100);
  });

  test.each<[string, Uint8Array, string]>([
    ['a compressed format', concatBytes([wavHead({ tag: 0x55 }), chunk('data', ramp(4))]), 'format 85 with 16 bits'],
    ['no format', concatBytes([wavHead().subarray(0, 12), chunk('data', ramp(4))]), 'no "fmt " chunk'],
    ['no channels', concatBytes([wavHead({ channels: 0 }), chunk('data', ramp(4))]), '0 channels'],
  ])('with %s is refused', (_, bytes, message) => {
    expect(() => scan(WAV, bytes)).toThrow(message);
  });

  test('behind noise and other chunks that fail is found again only by its header (found by fuzzing)', () => {
    const head = wavHead();
    const broken = concatBytes([head, new Uint8Array([0, 1, 2]), chunk('data', ramp(400)), head]);
    for (const size of [broken.length, 3, 1]) {
      const scanner = createScanner(WAV);
      let newStreamAt: number | undefined;
      for (let at = 0; at < broken.length && newStreamAt === undefined; at += size) {
        const report = scanner.scan(broken.subarray(at, at + size));
        if (report.newStreamAt !== undefined) newStreamAt = at + report.newStreamAt;
      }
      expect({ samples: scanner.samples, newStreamAt }).toEqual({
        samples: 0,
        newStreamAt: broken.length - head.length,
      });
    }
  });
});

/** A sine of 440 Hz at 8 kHz, 16 bits. */
function sine(samples: number, endian: 'little' | 'big', amplitude = 8000): Uint8Array {
  const bytes = new Uint8Array(samples * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples; i++) {
    view.setInt16(i * 2, Math.round(amplitude * Math.sin((i * 2 * Math.PI * 440) / 8000)), endian === 'little');
  }
  return bytes;
}

const silence = (samples: number) => new Uint8Array(samples * 2);

describe('raw PCM', () => {
  test.each([8000, 300, 2])('of either byte order comes out little endian, with an amplitude of %d', (amplitude) => {
    const expected = sine(4000, 'little', amplitude);
    for (const endian of ['little', 'big'] as const) {
      const { feed, scanner } = scan(L16, sine(4000, endian, amplitude));
      expect(scanner.input).toEqual({ demuxer: 's16le', sampleRate: 8000, channels: 1 });
      expect(Buffer.compare(feed, expected)).toBe(0);
    }
  });

  test('begins with silence that passes at once; the first 50 ms of sound are kept until their order is known', () => {
    const scanner = createScanner(L16);
    expect(concatBytes(scanner.scan(silence(1000)).feed).length).toBe(2000);
    const sound = sine(1000, 'big');
    scanner.scan(sound.subarray(0, 700));
    expect(scanner.samples).toBe(1001); // the sine begins with a zero
    const { feed } = scanner.scan(sound.subarray(700));
    expect(scanner.samples).toBe(2000);
    expect(Buffer.compare(concatBytes(feed), sine(1000, 'little').subarray(2))).toBe(0);
  });

  test('that is noise in both orders is little endian after 200 ms', () => {
    let state = 1;
    const noise = Uint8Array.from({ length: 4000 }, () => {
      state = (state * 48_271) % 2_147_483_647;
      return state >> 8;
    });
    const scanner = createScanner(L16);
    scanner.scan(noise.subarray(0, 3198));
    expect(scanner.samples).toBe(0);
    const { feed } = scanner.scan(noise.subarray(3198));
    expect(Buffer.compare(concatBytes(feed), noise)).toBe(0);
  });

  test('whose order is announced is never held up', () => {
    const big = createScanner(parseIngestFormat('audio/l16;rate=8000;channels=1;endian=big'));
    const bytes = sine(3, 'big');
    expect(big.scan(bytes).feed).toEqual([bytes]);
    expect(big.input?.demuxer).toBe('s16be');
  });

  test('remembers its order at restart points', () => {
    const bytes = concatBytes([silence(800), sine(4000, 'big')]);
    const { restartPoints, feed } = scan(L16, bytes);
    expect(restartPoints.map((point) => point.sample)).toEqual([0, 800, 1600, 2400, 3200, 4000]);
    for (const point of restartPoints) {
      const rest = scan(L16, bytes.subarray(point.sourceOffset), point);
      expect(Buffer.compare(rest.feed, feed.subarray(point.offset))).toBe(0);
    }
  });

  test('does not continue from a state that is none', () => {
    expect(() => createScanner(L16, { prefix: new Uint8Array(0), sample: 0, state: 'mp3 1 1' })).toThrow(
      '"mp3 1 1" is no state of a PCM restart point',
    );
  });

  test('of two channels is guessed by the steps within each', () => {
    const both = new Uint8Array(1600);
    const [left, right] = [sine(400, 'big', 8000), sine(400, 'big', -8000)];
    for (let i = 0; i < 400; i++)
      both.set([...left.subarray(i * 2, i * 2 + 2), ...right.subarray(i * 2, i * 2 + 2)], i * 4);
    expect(guessByteOrder(both, 2)).toBe('big');
  });
});
