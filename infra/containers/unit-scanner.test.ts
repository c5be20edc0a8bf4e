import { describe, expect, test } from '@jest/globals';
import { PendingBytes } from './pending-bytes.ts';
import type { Unit, UnitReader } from './unit-reader.ts';
import { MAX_DROPPED_BYTES, UnitScanner } from './unit-scanner.ts';

/** A container of two-byte units: what to do and how many bytes it is about. */
function fakeReader(judge: (bytes: Uint8Array, at: number) => Unit): UnitReader {
  return { name: 'Fake', input: { demuxer: 'aac' }, sampleRate: 1000, samples: 0, next: judge, resume: () => {} };
}

describe('PendingBytes', () => {
  test('given bytes are not copied while nothing is left over', () => {
    const pending = new PendingBytes();
    const bytes = new Uint8Array(10);
    pending.append(bytes);
    expect(pending.store).toBe(bytes);
    pending.take(10);
    const more = new Uint8Array(3);
    pending.append(more);
    expect(pending.store).toBe(more);
  });

  test('bytes that come one by one are joined in storage of at most twice their size and a few moves', () => {
    const pending = new PendingBytes();
    const stores = new Set<Uint8Array>();
    for (let i = 0; i < 10_000; i++) {
      pending.append(new Uint8Array([i & 0xff]));
      stores.add(pending.store);
      expect(pending.store.length).toBeLessThanOrEqual(2 * Math.max(2, i + 1));
    }
    expect(stores.size).toBeLessThan(20);
    expect(pending.store.subarray(pending.start, pending.start + 3)).toEqual(new Uint8Array([0, 1, 2]));
    expect(pending.length).toBe(10_000);
  });

  test('a view that was handed out stays as it was', () => {
    const pending = new PendingBytes();
    pending.append(new Uint8Array([1]));
    pending.append(new Uint8Array([2, 3, 4]));
    const view = pending.store.subarray(pending.start, pending.start + 2);
    pending.take(2);
    for (let i = 0; i < 100; i++) pending.append(new Uint8Array([9]));
    expect(view).toEqual(new Uint8Array([1, 2]));
  });
});

describe('UnitScanner', () => {
  test('neighbouring units are fed as one view of the given bytes', () => {
    const scanner = new UnitScanner(fakeReader((bytes, at) => ({ kind: bytes[at] === 7 ? 'drop' : 'feed', bytes: 1 })));
    const bytes = new Uint8Array([1, 2, 7, 3]);
    const { feed } = scanner.scan(bytes);
    expect(feed.map((view) => [...view])).toEqual([[1, 2], [3]]);
    expect(feed.every((view) => view.buffer === bytes.buffer)).toBe(true);
  });

  test('a reader is not asked again before the bytes it waits for are there', () => {
    const seen: number[] = [];
    const scanner = new UnitScanner(
      fakeReader((bytes, at) => {
        seen.push(bytes.length - at);
        return bytes.length - at < 5 ? { kind: 'wait', bytes: 5 } : { kind: 'feed', bytes: 5 };
      }),
    );
    for (let i = 0; i < 10; i++) scanner.scan(new Uint8Array(1));
    expect(seen).toEqual([1, 5, 1, 5]);
  });

  test('a reader that waits for what is there already does not hang the scanner', () => {
    const scanner = new UnitScanner(fakeReader(() => ({ kind: 'wait', bytes: 1 })));
    expect(scanner.scan(new Uint8Array(100)).feed).toEqual([]);
  });

  test('a unit above 1 MiB is refused before it is collected', () => {
    const scanner = new UnitScanner(fakeReader(() => ({ kind: 'wait', bytes: 1_048_577 })));
    expect(() => scanner.scan(new Uint8Array(1))).toThrow('has a unit of 1048577 bytes');
  });

  test('a dropped unit is passed over as its bytes come in, up to 64 MiB', () => {
    const units: Unit[] = [
      { kind: 'drop', bytes: 10 },
      { kind: 'feed', bytes: 1, restart: { sample: 0, prefix: new Uint8Array(0) } },
      { kind: 'drop', bytes: MAX_DROPPED_BYTES + 1 },
    ];
    const scanner = new UnitScanner(fakeReader(() => units.shift() ?? { kind: 'wait', bytes: 1 }));
    scanner.scan(new Uint8Array(4));
    const { restartPoints } = scanner.scan(new Uint8Array(7));
    expect(restartPoints).toMatchObject([{ offset: 0, sourceOffset: 10, state: '' }]);
    expect(() => scanner.scan(new Uint8Array(1))).toThrow('without audio');
  });

  test('where another stream began in bytes that were kept, the offset is negative and the rest has them', () => {
    const scanner = new UnitScanner(
      fakeReader((bytes, at) => {
        if (bytes[at] !== 7) return { kind: 'feed', bytes: 1 };
        return bytes.length - at < 3 ? { kind: 'wait', bytes: 3 } : { kind: 'new-stream' };
      }),
    );
    expect(scanner.scan(new Uint8Array([1, 7, 8])).newStreamAt).toBeUndefined();
    const report = scanner.scan(new Uint8Array([9, 10]));
    expect(report.newStreamAt).toBe(-2);
    expect(report.rest).toEqual(new Uint8Array([7, 8, 9, 10]));
    expect(() => scanner.scan(new Uint8Array(1))).toThrow('needs a new scanner');
  });

  test('a lead and a replacement count in the offsets of the feed only', () => {
    const restart = { sample: 5, prefix: new Uint8Array([9]) };
    const units: Unit[] = [
      { kind: 'feed', bytes: 2, lead: new Uint8Array(3), as: new Uint8Array(4) },
      { kind: 'feed', bytes: 1, restart },
    ];
    const scanner = new UnitScanner(
      fakeReader(() => units.shift() ?? { kind: 'wait', bytes: 1 }),
      { prefix: new Uint8Array(0), sample: 0, state: '', offset: 100, sourceOffset: 50 },
    );
    const { restartPoints } = scanner.scan(new Uint8Array(3));
    expect(restartPoints).toMatchObject([{ offset: 107, sourceOffset: 52, sample: 5 }]);
  });
});
