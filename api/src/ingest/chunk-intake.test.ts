import { parseIngestFormat } from '@awaz/infra/contract';
import { createLogger } from '@awaz/infra/runtime';
import { describe, expect, it } from '@jest/globals';
import { adtsFrame, wavPiece } from '../test/ingest-media.ts';
import { ChunkIntake, type IntakeStart } from './chunk-intake.ts';

const logger = createLogger('test', 'silent');

function intake(more: Partial<IntakeStart> & { mime?: string } = {}): ChunkIntake {
  const format = parseIngestFormat(more.mime ?? 'audio/wav');
  return new ChunkIntake({ format, fresh: true, resumed: false, clock: {}, now: 0, logger, ...more });
}

/** Number of the first piece that is too fast when a second of audio comes every 100 ms. */
function tooFastAt(judged: ChunkIntake, piece: (n: number) => Uint8Array, isTimed: boolean): number {
  for (let n = 0; n < 1000; n++) {
    try {
      judged.judge({ payload: piece(n), clientTime: isTimed ? n * 1000 : undefined, arrivedAt: 1000 + n * 100 });
    } catch (error) {
      expect(error).toMatchObject({ code: 'too_fast' });
      return n;
    }
  }
  return Number.POSITIVE_INFINITY;
}

describe('ChunkIntake', () => {
  it('measures the pace by the audio in the container, whatever the client says of its time', () => {
    const wav = (n: number) => wavPiece(n % 200, 1000);
    expect(tooFastAt(intake(), wav, false)).toBe(199);
    expect(tooFastAt(intake(), wav, true)).toBe(199);
    const aac = (n: number) => Buffer.concat(Array.from({ length: n === 0 ? 48 : 47 }, adtsFrame));
    expect(tooFastAt(intake({ mime: 'audio/aac' }), aac, false)).toBeGreaterThan(195);
  });

  it('measures the pace by the capture times in the middle of a stream it did not see the beginning of', () => {
    const opaque = () => Buffer.alloc(2000, 1);
    expect(tooFastAt(intake({ fresh: false }), opaque, true)).toBe(200);
    expect(tooFastAt(intake({ fresh: false, resumed: true }), opaque, true)).toBe(260);
  });

  it('tells a container header in the middle from the first one', () => {
    const judged = intake();
    const starts = [0, 1, 2, 0, 1].map((n) =>
      judged.judge({ payload: wavPiece(n), clientTime: undefined, arrivedAt: n }),
    );
    expect(starts.map(({ startsStream }) => startsStream)).toEqual([false, false, false, true, false]);
    const resumed = intake({ fresh: false });
    const first = resumed.judge({ payload: wavPiece(0), clientTime: undefined, arrivedAt: 0 });
    expect(first.startsStream).toBe(true);
  });

  it('goes on when a stream begins in the middle of a chunk', () => {
    const judged = intake({ mime: 'audio/ogg' });
    const page = oggFirstPage();
    const payload = Buffer.concat([page, page, page]);
    expect(() => judged.judge({ payload, clientTime: undefined, arrivedAt: 0 })).not.toThrow();
  });

  it('refuses what is not audio at all', () => {
    const judged = intake();
    const garbage = { payload: Buffer.alloc(50, 3), clientTime: undefined, arrivedAt: 0 };
    expect(() => judged.judge(garbage)).toThrow('not the beginning');
  });
});

/** First page of an Ogg Opus stream (RFC 7845), with a right checksum. */
function oggFirstPage(): Buffer {
  const head = Buffer.from('4f707573486561640102380180bb00000000 00'.replaceAll(' ', ''), 'hex');
  const page = Buffer.concat([
    Buffer.from('4f676753000200000000000000000700000000000000', 'hex'),
    Buffer.alloc(4),
    Buffer.of(1, head.length),
    head,
  ]);
  page.writeUInt32LE(oggChecksum(page), 22);
  return page;
}

/** CRC-32 as in RFC 3533 6: polynomial 0x04c11db7, no reflection. */
function oggChecksum(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}
