import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { AdtsError, AdtsParser } from './adts-parser.ts';

/** An ADTS frame around a payload, with or without a checksum. */
function adts(payload: Uint8Array, crc = false): Uint8Array {
  const headerBytes = crc ? 9 : 7;
  const length = payload.length + headerBytes;
  const header = new Uint8Array(headerBytes);
  header.set([
    0xff,
    crc ? 0xf0 : 0xf1,
    0x4c,
    0x80 | (length >> 11),
    (length >> 3) & 0xff,
    ((length & 7) << 5) | 0x1f,
    0xfc,
  ]);
  return new Uint8Array([...header, ...payload]);
}

const payloads = fc.array(fc.record({ payload: fc.uint8Array({ minLength: 1, maxLength: 400 }), crc: fc.boolean() }), {
  minLength: 1,
  maxLength: 12,
});

describe('AdtsParser', () => {
  it('gives the same frames however the bytes are cut', () => {
    fc.assert(
      fc.property(payloads, fc.array(fc.nat(300)), (frames, cuts) => {
        const bytes = new Uint8Array(frames.flatMap(({ payload, crc }) => [...adts(payload, crc)]));
        const parser = new AdtsParser();
        const out: Uint8Array[] = [];
        let at = 0;
        for (const cut of cuts) {
          out.push(...parser.push(bytes.subarray(at, at + cut)));
          at += cut;
        }
        out.push(...parser.push(bytes.subarray(at)));
        expect(out).toEqual(frames.map(({ payload }) => payload));
      }),
    );
  });

  it('says what it found when a sync word is missing', () => {
    expect(() => new AdtsParser().push(new Uint8Array([0x4f, 0x67, 0x67, 0x53, 0, 0, 0]))).toThrow(
      new AdtsError('no ADTS sync word, found 4f 67'),
    );
  });

  it('never fails otherwise, and keeps little, whatever comes', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 2000 }), { maxLength: 20 }), (pieces) => {
        const parser = new AdtsParser();
        try {
          for (const piece of pieces) parser.push(piece);
        } catch (error) {
          expect(error).toBeInstanceOf(AdtsError);
        }
      }),
    );
  });
});
