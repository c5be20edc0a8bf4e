import { describe, expect, test } from '@jest/globals';
import { parseIngestFormat } from '../contract/index.ts';
import { encodeMedia, loadRecording } from '../testkit/fixtures/index.ts';
import { concatBytes } from './byte-fields.ts';
import { readElement } from './ebml.ts';
import { createScanner } from './index.ts';

const WEBM = parseIngestFormat('audio/webm;codecs=opus');
const SIMPLE_BLOCK = 0xa3;

const recorded = loadRecording('mediarecorder-webm-opus-120ms')
  .chunks.slice(0, 20)
  .map((chunk) => chunk.bytes);
const stream = concatBytes(recorded);

function scan(bytes: Uint8Array) {
  const scanner = createScanner(WEBM);
  const report = scanner.scan(bytes);
  return { ...report, scanner, feed: concatBytes(report.feed) };
}

/** Bytes that look like nothing of WebM. */
const noise = Uint8Array.from({ length: 3000 }, (_, i) => (i * 7919 + i * i) & 0xff);

/** A stream's header with its track's bytes changed. */
function withTrack(change: (header: Uint8Array) => void): Uint8Array {
  const copy = stream.slice();
  change(copy);
  return copy;
}

function indexOfText(bytes: Uint8Array, text: string): number {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(text, 0, 'latin1');
}

describe('a WebM stream', () => {
  test('can be restarted at every block, also at those in the middle of a cluster', () => {
    const { restartPoints, scanner } = scan(stream);
    expect(scanner.samples).toBe(112_320); // the first chunk has one packet of 60 ms, the others have two
    expect(restartPoints.map((point) => point.sample)).toEqual(Array.from({ length: 39 }, (_, i) => i * 2880));
    for (const { sourceOffset, prefix } of restartPoints) {
      expect(stream[sourceOffset]).toBe(SIMPLE_BLOCK);
      expect(readElement(prefix, 0)).toMatchObject({ id: 0x1a45dfa3 });
    }
  });

  test('gets the timestamp of the right cluster into the prefix', () => {
    const { restartPoints } = scan(stream);
    const timestamps = restartPoints.map(({ prefix }) => new DataView(prefix.buffer).getUint32(prefix.length - 4));
    expect(timestamps[0]).toBe(0);
    expect(timestamps.at(-1)).toBeGreaterThan(2000);
    expect([...timestamps].sort((a, b) => a - b)).toEqual(timestamps);
  });

  test('goes on with the next block after noise, and loses none that is whole', () => {
    const at = scan(stream).restartPoints[20]?.sourceOffset ?? 0;
    const dirty = concatBytes([stream.subarray(0, at), noise, stream.subarray(at)]);
    expect(scan(dirty).scanner.samples).toBe(112_320);
    expect(Buffer.compare(scan(dirty).feed, scan(stream).feed)).toBe(0);
  });

  test('whose chunk was lost goes on with the next', () => {
    const { scanner } = scan(concatBytes([...recorded.slice(0, 10), ...recorded.slice(11)]));
    expect(scanner.samples).toBe(112_320 - 5760);
  });

  test('of which half a chunk was lost goes on with the next cluster', () => {
    const half = recorded[10]?.subarray(0, 500) ?? [];
    const { scanner } = scan(concatBytes([...recorded.slice(0, 10), half, ...recorded.slice(11)]));
    expect(scanner.samples).toBeGreaterThanOrEqual(112_320 - 4 * 2880);
  });

  test('ends where another begins, even right behind its header', () => {
    expect(scan(concatBytes([stream, stream])).newStreamAt).toBe(stream.length);
    const header = stream.subarray(0, (recorded[0]?.length ?? 0) - 900);
    expect(scan(concatBytes([header, stream])).newStreamAt).toBeUndefined(); // it begins inside of a block
    expect(scan(concatBytes([stream.subarray(0, 0x93), stream])).newStreamAt).toBe(0x93);
  });

  test('with a picture track is fed without it', async () => {
    const output = ['-f', 'webm', '-live', '1', '-c:a', 'libopus', '-c:v', 'libvpx', '-b:v', '200k'];
    const picture = ['-filter_complex', 'color=s=64x64:r=10:d=1[picture]', '-map', '[picture]'];
    const bytes = await encodeMedia({ output: [...output, ...picture], seconds: 1 });
    const { feed, scanner } = scan(bytes);
    expect(indexOfText(bytes, 'V_VP8')).toBeGreaterThan(0);
    expect(indexOfText(feed, 'V_VP8')).toBe(-1);
    expect(scanner.samples).toBe(48_000);
  });

  test.each<[string, RegExp, Uint8Array]>([
    [
      'has a codec of another kind',
      /"A_AC3P" track that cannot be read. Push Opus, Vorbis or PCM/,
      withTrack((bytes) =>
        bytes.set(
          [...'A_AC3P'].map((c) => c.charCodeAt(0)),
          indexOfText(bytes, 'A_OPUS'),
        ),
      ),
    ],
    [
      'has no audio',
      /no audio track/,
      withTrack((bytes) => bytes.set([0x83, 0x81, 0x01], indexOfText(bytes, '\x83\x81\x02'))),
    ],
    [
      'begins in its middle',
      /audio before its Tracks element; send it from its beginning/,
      concatBytes([stream.subarray(0, 0x24), ...recorded.slice(1)]),
    ],
  ])('that %s is refused', (_, message, bytes) => {
    expect(() => scan(bytes)).toThrow(message);
  });

  test('of tiny clusters does not get a long prefix for each of them', () => {
    const cluster = new Uint8Array([0x1f, 0x43, 0xb6, 0x75, 0xff, 0xe7, 0x81, 0, 0xa3, 0x85, 0x81, 0, 0, 0x80, 0xfc]);
    const many = concatBytes([stream.subarray(0, 0x93), ...new Array<Uint8Array>(2000).fill(cluster)]);
    const { restartPoints, scanner } = scan(many);
    const prefixes = new Set(restartPoints.map((point) => point.prefix));
    const bytes = [...prefixes].reduce((total, prefix) => total + prefix.length, 0);
    expect(scanner.samples).toBe(2000 * 960);
    expect(bytes).toBeLessThan(5 * many.length);
  });

  test('that is damaged in its header is refused wherever it is cut (found by fuzzing)', () => {
    const damaged = concatBytes([
      stream.subarray(0, 0x40),
      new Uint8Array([0, 0, 0, 0xa0, 0x85, 0x81, 0, 0, 0x80, 0xfc]),
      stream.subarray(0x93),
    ]);
    for (const size of [damaged.length, 0x43, 7, 1]) {
      const scanner = createScanner(WEBM);
      const push = () => {
        for (let at = 0; at < damaged.length; at += size) scanner.scan(damaged.subarray(at, at + size));
      };
      expect(push).toThrow('audio before its Tracks element');
    }
  });
});
