import { AwazError } from '@awaz/infra/contract';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseSourceHead } from '../../http/source-door.ts';
import { sourceBody } from './source-body.ts';

/** Runs that are made again each time. */
const SEED = 20_261_125;

const chunked = { 'transfer-encoding': 'chunked' };

function coded(pieces: readonly Uint8Array[]): Buffer {
  const parts = pieces.map((piece) => Buffer.concat([Buffer.from(`${piece.length.toString(16)}\r\n`), piece, CRLF]));
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

const CRLF = Buffer.from('\r\n');

function cutUp(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return places.slice(1).map((to, at) => bytes.subarray(places[at], to));
}

describe('a chunked body', () => {
  it('gives the same sound wherever it is cut', () => {
    const piece = fc.uint8Array({ minLength: 1, maxLength: 300 });
    const property = fc.property(fc.array(piece, { maxLength: 6 }), fc.array(fc.nat()), (pieces, cuts) => {
      const body = sourceBody(chunked);
      const sound = cutUp(coded(pieces), cuts).flatMap((bytes) => body.take(bytes));
      expect(Buffer.concat(sound)).toEqual(Buffer.concat(pieces));
      expect(body.isOver).toBe(true);
      expect(body.take(Buffer.from('more'))).toEqual([]);
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  it('of any bytes gives sound that was in it, or says what is wrong', () => {
    const lines = fc.constantFrom(
      '5\r\nhello\r\n',
      '0\r\n',
      'ffffffff\r\n',
      '-1\r\n',
      '5;x="y"\r\n',
      'x'.repeat(300),
      '\n',
    );
    const noise = fc
      .oneof(lines, fc.string({ unit: 'binary', maxLength: 40 }))
      .map((text) => Buffer.from(text, 'latin1'));
    const property = fc.property(fc.array(noise, { maxLength: 8 }), (pieces) => {
      const body = sourceBody(chunked);
      try {
        const sound = Buffer.concat(pieces.flatMap((bytes) => body.take(bytes)));
        expect(Buffer.concat(pieces).length).toBeGreaterThanOrEqual(sound.length);
      } catch (error) {
        expect(error).toBeInstanceOf(AwazError);
        expect(error).toMatchObject({ code: 'bad_message' });
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });
});

describe('the head of a source client', () => {
  it('is read with its fields, or not at all, whatever it holds', () => {
    expect(parseSourceHead('SOURCE /ingest/a?takeover=1 ICE/1.0\r\nice-name: A: B\r\nX-Y:z ')).toEqual({
      ...{ method: 'SOURCE', target: '/ingest/a?takeover=1', version: 'ICE/1.0' },
      headers: Object.assign(Object.create(null), { 'ice-name': 'A: B', 'x-y': 'z' }),
    });
    const starts = fc.constantFrom('PUT /ingest/a HTTP/1.1', 'SOURCE /ingest/a ICE/1.0', 'PUT  /ingest/a HTTP/1.1', '');
    const field = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom('__proto__: x', 'a:', ': b', 'a b: c', ' a: b'),
    );
    const property = fc.property(starts, fc.array(field, { maxLength: 6 }), (first, fields) => {
      const read = parseSourceHead([first, ...fields].join('\r\n'));
      if (read === undefined) return;
      expect(['PUT', 'SOURCE']).toContain(read.method);
      for (const [name, value] of Object.entries(read.headers)) expect(name + value).not.toMatch(/[\r\n]/);
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });
});
