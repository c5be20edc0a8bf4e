import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseIngestFormat } from '../contract/index.ts';
import { encodeMedia, loadRecording } from '../testkit/fixtures/index.ts';
import { aacCodec } from './aac-config.ts';
import { concatBytes, u24, u32 } from './byte-fields.ts';
import { createScanner } from './index.ts';
import { type Mp4Box, mp4Boxes, mp4Descendant } from './mp4-box.ts';

const MP4 = parseIngestFormat('audio/mp4');
const aac = ['-c:a', 'aac', '-b:a', '64k', '-f', 'mp4', '-frag_duration', '200000', '-movflags'];
let absolute: Uint8Array;
let movable: Uint8Array;

beforeAll(async () => {
  absolute = await encodeMedia({ output: [...aac, 'empty_moov'], seconds: 1 });
  movable = await encodeMedia({ output: [...aac, 'empty_moov+default_base_moof'], seconds: 1 });
}, 120_000);

function scan(bytes: Uint8Array) {
  const scanner = createScanner(MP4);
  const report = scanner.scan(bytes);
  return { ...report, scanner, feed: concatBytes(report.feed) };
}

const topBoxes = (bytes: Uint8Array): Mp4Box[] => [...mp4Boxes(bytes, 0, bytes.length)];
const typesIn = (bytes: Uint8Array) => topBoxes(bytes).map((box) => box.type);
const boxOf = (type: string, size: number) =>
  new Uint8Array([0, 0, size >> 8, size & 255, ...Buffer.from(type), ...new Uint8Array(size - 8)]);

describe('a fragmented MP4', () => {
  test('can be restarted at every fragment and is fed without what stands between them', () => {
    const { restartPoints, feed, scanner } = scan(movable);
    expect(typesIn(feed).filter((type) => !['moof', 'mdat'].includes(type))).toEqual(['ftyp', 'moov']);
    expect(scanner.samples).toBe(48 * 1024);
    expect(restartPoints.map((point) => point.sample)).toEqual([0, 10_240, 20_480, 30_720, 40_960]);
    for (const { offset } of restartPoints)
      expect(String.fromCharCode(...feed.subarray(offset + 4, offset + 8))).toBe('moof');
  });

  test('with absolute offsets is fed with offsets from each fragment, in boxes of the same size', () => {
    const { feed } = scan(absolute);
    const moofs = topBoxes(feed).filter((box) => box.type === 'moof');
    const given = topBoxes(absolute).filter((box) => box.type === 'moof');
    expect(moofs.map((box) => box.end - box.at)).toEqual(given.map((box) => box.end - box.at));
    for (const moof of moofs) {
      const tfhd = mp4Descendant(feed, moof, 'traf/tfhd');
      expect(u24(feed, (tfhd?.start ?? 0) + 1) & 0x20001).toBe(0x20000);
      expect(mp4Descendant(feed, moof, 'traf/trun')).toBeDefined();
    }
    expect(scan(absolute).scanner.samples).toBe(scan(movable).scanner.samples);
  });

  test('keeps no box by which decoders trim', async () => {
    const edited = await encodeMedia({ output: [...aac, 'delay_moov', '-metadata', 'title=Morning'], seconds: 1 });
    const moov = (bytes: Uint8Array) => topBoxes(bytes).find((box) => box.type === 'moov') ?? { start: 0, end: 0 };
    expect(mp4Descendant(edited, moov(edited), 'trak/edts')).toBeDefined();
    const { feed } = scan(edited);
    expect(mp4Descendant(feed, moov(feed), 'trak/edts')).toBeUndefined();
    expect(mp4Descendant(feed, moov(feed), 'trak/mdia/minf/stbl/stsd')).toBeDefined();
    expect(mp4Descendant(feed, moov(feed), 'udta')).toBeUndefined();
  });

  test('goes on with the next fragment when a chunk in its middle was lost', () => {
    const chunks = loadRecording('mediarecorder-mp4-opus-240ms')
      .chunks.slice(0, 20)
      .map((chunk) => chunk.bytes);
    const whole = scan(concatBytes(chunks)).scanner.samples;
    expect(whole - scan(concatBytes([...chunks.slice(0, 9), ...chunks.slice(10)])).scanner.samples).toBe(4 * 2880);
    const half = chunks[9]?.subarray(0, 700) ?? [];
    const damaged = scan(concatBytes([...chunks.slice(0, 9), half, ...chunks.slice(10)])).scanner.samples;
    expect(whole - damaged).toBeLessThanOrEqual(8 * 2880);
    expect(damaged).toBeLessThan(whole);
  });

  test('keeps boxes between a fragment and its data, which offsets count, and drops all others', () => {
    const fragment = topBoxes(movable).find((box) => box.type === 'moof')?.at ?? 0;
    const between = concatBytes([
      movable.subarray(0, fragment),
      boxOf('styp', 16),
      boxOf('emsg', 40),
      movable.subarray(fragment),
    ]);
    expect(Buffer.compare(scan(between).feed, scan(movable).feed)).toBe(0);
  });

  test('ends where another file begins', () => {
    expect(scan(concatBytes([movable, absolute])).newStreamAt).toBe(movable.length);
  });

  test.each<[string, string, () => Promise<Uint8Array>]>([
    [
      'is not fragmented',
      'audio before its "moov" box',
      () => encodeMedia({ output: ['-c:a', 'aac', '-f', 'mp4'], seconds: 1, asFile: true }),
    ],
    [
      'is a file made to start fast',
      'is not fragmented',
      () => encodeMedia({ output: ['-c:a', 'aac', '-movflags', 'faststart', '-f', 'mp4'], seconds: 1, asFile: true }),
    ],
    [
      'has samples before its fragments',
      'samples outside of fragments',
      () =>
        encodeMedia({
          output: ['-c:a', 'aac', '-movflags', 'frag_keyframe', '-frag_duration', '300000', '-f', 'mp4'],
          seconds: 1,
          asFile: true,
        }),
    ],
  ])('that %s is refused with what to do', async (_, message, make) => {
    const bytes = await make();
    expect(() => scan(bytes)).toThrow(message);
    expect(() => scan(bytes)).toThrow(
      'Push fragmented MP4 (ffmpeg: -movflags empty_moov+default_base_moof -frag_duration',
    );
  });

  test('with another codec is refused', async () => {
    const output = ['-c:a', 'libmp3lame', '-movflags', 'empty_moov', '-f', 'mp4'];
    const bytes = await encodeMedia({ output, seconds: 1 });
    expect(() => scan(bytes)).toThrow('"mp4a" audio that cannot be read. Push AAC or Opus.');
  });

  test('that claims more samples than its fragment has bytes is refused', () => {
    const claiming = movable.slice();
    const moof = topBoxes(claiming).find((box) => box.type === 'moof');
    const trun = moof && mp4Descendant(claiming, moof, 'traf/trun');
    const view = new DataView(claiming.buffer);
    view.setUint32((trun?.start ?? 0) + 4, 0x00ffffff);
    expect(u32(claiming, trun?.start ?? 0) & 0x1).toBe(1);
    expect(() => scan(claiming)).toThrow('a fragment of 16777215 samples or more');
  });
});

describe('an AudioSpecificConfig', () => {
  const facts = (...bytes: number[]) => {
    const codec = aacCodec(new Uint8Array(bytes));
    return codec && [codec.sampleRate, codec.samplesOf(new Uint8Array(0), 0, 1)];
  };

  test('of AAC-LC gives 1024 samples a frame at its rate', () => {
    expect(facts(0x11, 0x90)).toEqual([48_000, 1024]);
    expect(facts(0x12, 0x10)).toEqual([44_100, 1024]);
  });

  test('with frames of 960 samples gives those', () => {
    expect(facts(0x11, 0x94)).toEqual([48_000, 960]);
  });

  test('with SBR, in either way to say so, gives twice the samples at twice the rate', () => {
    expect(facts(0x2b, 0x11, 0x88, 0x00)).toEqual([48_000, 2048]);
    expect(facts(0x13, 0x10, 0x56, 0xe5, 0x98)).toEqual([48_000, 2048]);
  });

  test('that is too short or of no object type is none', () => {
    expect(facts(0x11)).toBeUndefined();
    expect(facts(0x01, 0x90)).toBeUndefined();
  });
});
