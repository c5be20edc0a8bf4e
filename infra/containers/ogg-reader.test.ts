import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseIngestFormat } from '../contract/index.ts';
import { encodeMedia } from '../testkit/fixtures/index.ts';
import { concatBytes, hasText } from './byte-fields.ts';
import { createScanner } from './index.ts';
import { isSoundPage, type OggPage, oggPieces, readOggPage, withoutLastFlag, writeOggHeaderPages } from './ogg-page.ts';

const OGG = parseIngestFormat('audio/ogg');
let opus: Uint8Array;
let vorbis: Uint8Array;

beforeAll(async () => {
  opus = await encodeMedia({ output: ['-c:a', 'libopus', '-page_duration', '20000', '-f', 'ogg'], seconds: 1 });
  vorbis = await encodeMedia({ output: ['-c:a', 'libvorbis', '-f', 'ogg'], seconds: 1 });
}, 120_000);

function scan(bytes: Uint8Array) {
  const scanner = createScanner(OGG);
  const report = scanner.scan(bytes);
  return { ...report, scanner, feed: concatBytes(report.feed) };
}

function pagesOf(bytes: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const page = readOggPage(bytes, at) as OggPage;
    pages.push(bytes.subarray(at, page.end));
    at = page.end;
  }
  return pages;
}

describe('Ogg pages', () => {
  test('written for headers are read back with their packets, also one of several pages', () => {
    const packets = [new Uint8Array([1, 2, 3]), new Uint8Array(70_000).fill(7), new Uint8Array(510).fill(9)];
    const pages = writeOggHeaderPages(0x12345678, packets);
    expect(pages).toHaveLength(4);
    const lengths = pages.map((page) => {
      const read = readOggPage(page, 0) as OggPage;
      expect(isSoundPage(page, 0, read)).toBe(true);
      expect(read).toMatchObject({ serial: 0x12345678, end: page.length });
      return oggPieces(page, read).map(({ length, ends }) => [length, ends]);
    });
    expect(lengths).toEqual([[[3, true]], [[64_770, false]], [[5230, true]], [[510, true]]]);
    expect(pages.map((page) => page[5])).toEqual([2, 0, 1, 0]);
  });

  test('of encoders have the checksum that we compute, and a changed bit breaks it', () => {
    for (const page of pagesOf(vorbis)) {
      const read = readOggPage(page, 0) as OggPage;
      expect(isSoundPage(page, 0, read)).toBe(true);
      const broken = page.slice();
      broken[page.length - 1] = (page[page.length - 1] ?? 0) ^ 1;
      expect(isSoundPage(broken, 0, read)).toBe(false);
      expect(isSoundPage(withoutLastFlag(page), 0, read)).toBe(true);
    }
  });
});

describe('an Ogg stream', () => {
  test('is counted without its pre-skip and without what its last page trims', () => {
    expect(scan(opus).scanner.samples).toBe(48_000);
    expect(
      scan(opus)
        .restartPoints.map((point) => point.sample)
        .slice(0, 3),
    ).toEqual([0, 960, 1920]);
  });

  test('with a picture in its comments gets a short prefix', () => {
    const [head = new Uint8Array(0), , ...audio] = pagesOf(opus);
    const serial = (readOggPage(head, 0) as OggPage).serial;
    const comments = new Uint8Array(300_000);
    comments.set([...'OpusTags'].map((character) => character.charCodeAt(0)));
    const [, ...tagPages] = writeOggHeaderPages(serial, [new Uint8Array(1), comments]);
    const { restartPoints, scanner } = scan(concatBytes([head, ...tagPages, ...audio]));
    expect(scanner.samples).toBe(48_000);
    expect(restartPoints[0]?.prefix.length).toBeLessThan(120);
    expect(hasText(restartPoints[0]?.prefix ?? new Uint8Array(0), 28, 'OpusHead')).toBe(true);
  });

  test('beside others in the same file is the only one that is fed', () => {
    const [first = new Uint8Array(0), ...rest] = pagesOf(opus);
    const [skeleton = new Uint8Array(0)] = writeOggHeaderPages(77, [new TextEncoder().encode('fishead')]);
    const [, other = new Uint8Array(0)] = writeOggHeaderPages(77, [new Uint8Array(1), new Uint8Array(5)]);
    const mixed = concatBytes([skeleton, first, other, ...rest.flatMap((page) => [page, other])]);
    expect(Buffer.compare(scan(mixed).feed, scan(opus).feed)).toBe(0);
  });

  test('ends where the next of a chain begins', () => {
    expect(scan(concatBytes([opus, vorbis])).newStreamAt).toBe(opus.length);
  });

  test('is counted on from a page in its middle when pages before were lost', () => {
    const pages = pagesOf(opus);
    const { scanner } = scan(concatBytes([...pages.slice(0, 10), ...pages.slice(15)]));
    expect(scanner.samples).toBe(48_000 - 5 * 960);
  });

  test('without headers that we know is refused', () => {
    const pages = writeOggHeaderPages(1, [new TextEncoder().encode('Speex   1.2'), new Uint8Array(9)]);
    expect(() => scan(concatBytes(pages))).toThrow('no readable Opus, Vorbis or FLAC headers');
    const middle = pagesOf(opus).slice(5);
    expect(() => scan(concatBytes(middle))).toThrow('send it from its beginning');
  });

  test('of page headers that are made up is given up before each of them is checked', () => {
    const fake = new Uint8Array(27).fill(255);
    fake.set([0x4f, 0x67, 0x67, 0x53, 0]);
    const fakes = concatBytes([opus, ...new Array<Uint8Array>(60_000).fill(fake)]);
    expect(() => scan(fakes)).toThrow('was lost for 1048576 bytes in a row');
  });
});
