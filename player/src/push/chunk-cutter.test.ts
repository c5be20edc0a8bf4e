import { parseIngestFormat } from '@awaz/infra/contract';
import { tone, wavOf } from '@awaz/infra/testkit';
import { describe, expect, test } from '@jest/globals';
import { CHUNK_MS, ChunkCutter, type CutChunk } from './chunk-cutter.ts';

const WAV = wavOf(tone({ seconds: 1 }).samples);
const BYTES_PER_MS = 192;

function cutAll(cutter: ChunkCutter, bytes: Uint8Array, pieceBytes: number): CutChunk[] {
  const chunks: CutChunk[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) chunks.push(...cutter.cut(bytes.subarray(at, at + pieceBytes)));
  const rest = cutter.flush();
  return rest === undefined ? chunks : [...chunks, rest];
}

const joined = (chunks: CutChunk[]) => Buffer.concat(chunks.map((chunk) => chunk.payload));

describe('a chunk cutter', () => {
  test.each([1000, 65_536, 333])(
    'keeps every byte, and tells the media time of each chunk (pieces of %i)',
    (pieceBytes) => {
      const chunks = cutAll(new ChunkCutter(parseIngestFormat('audio/wav')), WAV, pieceBytes);
      expect(joined(chunks).equals(WAV)).toBe(true);
      let bytes = -44;
      for (const { payload, mediaMs } of chunks) {
        bytes += payload.length;
        expect(mediaMs).toBeCloseTo(bytes / BYTES_PER_MS, 6);
      }
      for (const { durationMs } of chunks.slice(0, -1)) {
        expect(durationMs).toBeGreaterThanOrEqual(CHUNK_MS);
        expect(durationMs).toBeLessThan(CHUNK_MS + 45);
      }
    },
  );

  test('begins its media time where it is told', () => {
    const chunks = cutAll(new ChunkCutter(parseIngestFormat('audio/wav'), 5000), WAV, 4096);
    expect(chunks.at(-1)?.mediaMs).toBeCloseTo(6000, 6);
  });

  test('says that an epoch begins with the first chunk only', () => {
    const chunks = cutAll(new ChunkCutter(parseIngestFormat('audio/wav')), WAV, 4096);
    expect(chunks.map((chunk) => chunk.beginsEpoch).indexOf(true, 1)).toBe(-1);
    expect(chunks[0]?.beginsEpoch).toBe(true);
  });

  test('keeps the header of a WAV, so that an epoch can begin in the middle', () => {
    const cutter = new ChunkCutter(parseIngestFormat('audio/wav'));
    cutAll(cutter, WAV, 4096);
    expect(cutter.headerToGoOn).toEqual(WAV.subarray(0, 44));
  });

  test('needs no header for raw samples', () => {
    const cutter = new ChunkCutter(parseIngestFormat('audio/l16;rate=48000;channels=2;endian=little'));
    cutAll(cutter, WAV.subarray(44), 4096);
    expect(cutter.headerToGoOn).toEqual(new Uint8Array(0));
  });

  test('refuses what is not the format', () => {
    const cutter = new ChunkCutter(parseIngestFormat('audio/aac'));
    expect(() => cutAll(cutter, new Uint8Array(200_000), 4096)).toThrow('ADTS');
  });
});
