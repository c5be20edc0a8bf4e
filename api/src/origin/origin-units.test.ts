import type { LiveRecord } from '@awaz/infra/broadcasts';
import type { BusMessage } from '@awaz/infra/redis';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { parseByteRange } from './byte-range.ts';
import { cacheControl } from './cache-policy.ts';
import { LiveDirectory } from './live-directory.ts';
import { parseOriginPath } from './origin-path.ts';
import { HeldCount, WaiterList, type WaitOutcome } from './waiter-list.ts';

describe('the cache policy', () => {
  it('lets shared caches keep blocking answers long, all caches plain ones briefly, and what is true for a moment none', () => {
    const kept = (
      ['multivariant', 'passing', 'playlist', 'blocking playlist', 'part', 'missing', 'blocking missing'] as const
    ).map((cacheClass) => [cacheClass, cacheControl(cacheClass, 2)]);
    expect(Object.fromEntries(kept)).toEqual({
      multivariant: 'no-store',
      passing: 'no-store',
      playlist: 'public, max-age=1',
      'blocking playlist': 'public, max-age=0, s-maxage=12',
      part: 'public, max-age=12',
      missing: 'public, max-age=2',
      'blocking missing': 'public, max-age=8',
    });
    expect(cacheControl('segment', 2)).toBe('public, max-age=60, immutable');
    expect(cacheControl('playlist', 1)).toBe('public, max-age=1');
  });
});

describe('a path below /live/', () => {
  const rendition = { station: 'my-radio', broadcastId: 'b0123456789abcdef', rendition: '128k', session: undefined };

  it('names what it says', () => {
    const base = '/live/my-radio/b0123456789abcdef/128k';
    expect(parseOriginPath('/live/my-radio/index.m3u8?a=b')).toEqual({
      kind: 'multivariant',
      station: 'my-radio',
      query: 'a=b',
    });
    expect(parseOriginPath(`${base}/playlist.m3u8?x`)).toEqual({ kind: 'playlist', ...rendition, query: 'x' });
    expect(parseOriginPath(`${base}/init.mp4`)).toEqual({ kind: 'init', ...rendition });
    expect(parseOriginPath(`${base}/12.m4s`)).toEqual({ kind: 'segment', ...rendition, msn: 12 });
    expect(parseOriginPath(`${base}/12.3.m4s?token`)).toEqual({ kind: 'part', ...rendition, msn: 12, index: 3 });
  });

  it('that could not be one of ours names nothing', () => {
    for (const path of [
      '/live/',
      '/live/-a/index.m3u8',
      '/live/A/index.m3u8',
      '/live/a/b/index.m3u8',
      '/live/a/index.m3u8/',
    ]) {
      expect([path, parseOriginPath(path)]).toEqual([path, undefined]);
    }
    expect(parseOriginPath('/live/a/~short/b0123456789abcdef/128k/init.mp4')).toBeUndefined();
  });
});

describe('a byte range', () => {
  it('lies in the resource or cannot be had', () => {
    expect(parseByteRange('bytes=0-', 10)).toEqual({ start: 0, end: 9 });
    expect(parseByteRange('bytes=-99', 10)).toEqual({ start: 0, end: 9 });
    expect(parseByteRange('bytes=-0', 10)).toBe('unsatisfiable');
    expect(parseByteRange('bytes=10-', 10)).toBe('unsatisfiable');
    expect(parseByteRange(undefined, 10)).toBeUndefined();
  });
});

describe('the list of held requests', () => {
  const edge = { lastMsn: 1, lastMsnParts: 10, openParts: 3, partsPerSegment: 10, partTarget: 0.192, ended: false };

  it('settles each request once, with what became of it', () => {
    const count = new HeldCount();
    const list = new WaiterList(count);
    const settled: string[] = [];
    const add = (name: string, part: number, deadline = 10) => {
      const settle = (outcome: WaitOutcome) => settled.push(`${name} ${outcome}`);
      const waiter = { target: { msn: 2, part }, deadline, settle };
      expect(list.add(waiter)).toBe(true);
      return waiter;
    };
    add('a', 3);
    add('b', 4);
    const gone = add('c', 3);
    add('d', 9, 99);
    list.remove(gone);
    list.remove(gone);
    list.release({ ...edge, openParts: 4 });
    expect(settled).toEqual(['a reached']);
    list.expire(10);
    expect(settled).toEqual(['a reached', 'b expired']);
    list.settleAll('closing');
    expect(settled).toEqual(['a reached', 'b expired', 'd closing']);
    expect(count.held).toBe(0);
  });

  it('may be held again while it is released without a second answer in the same go', () => {
    const list = new WaiterList(new HeldCount());
    let releases = 0;
    const waiter = {
      target: { msn: 2, part: 0 },
      deadline: 0,
      settle: () => {
        releases++;
        if (releases < 3) list.add({ ...waiter, target: { msn: 2, part: releases + 2 } });
      },
    };
    list.add(waiter);
    list.release(edge);
    expect(releases).toBe(1);
    list.release({ ...edge, openParts: 4 });
    expect(releases).toBe(2);
  });
});

describe('the live directory', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  const record = (broadcastId: string) => ({ station: 's', broadcastId }) as LiveRecord;

  function directory() {
    let deliver: (message: BusMessage) => void = () => undefined;
    const answers: (LiveRecord | undefined)[] = [];
    let reads = 0;
    const registry = {
      get: async () => {
        reads++;
        return answers[0];
      },
    };
    const bus = {
      listen: (listener: typeof deliver) => {
        deliver = listener;
        return () => undefined;
      },
    };
    const tell = () => deliver({ type: 'broadcast_started', station: 's', broadcastId: 'x' });
    return {
      directory: new LiveDirectory({ registry, stationExists: async () => false }, bus),
      answers,
      tell,
      reads: () => reads,
    };
  }

  it('asks Redis once for all, until the bus tells of a change or its word is old', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const { directory: live, answers, tell, reads } = directory();
    answers[0] = record('one');
    const first = await Promise.all([live.get('s'), live.get('s'), live.get('s')]);
    expect([first.map(({ record: found }) => found?.broadcastId), reads()]).toEqual([['one', 'one', 'one'], 1]);
    await live.get('s');
    expect(reads()).toBe(1);
    answers[0] = record('two');
    tell();
    expect((await live.get('s')).record?.broadcastId).toBe('two');
    jest.advanceTimersByTime(2001);
    await live.get('s');
    expect(reads()).toBe(3);
  });

  it('does not remember what was read before the bus told of a change', async () => {
    const { directory: live, answers, tell, reads } = directory();
    answers[0] = undefined;
    const reading = live.get('s');
    tell();
    expect(await reading).toEqual({ record: undefined, isKnown: false });
    answers[0] = record('new');
    expect(await live.get('s')).toMatchObject({ record: { broadcastId: 'new' }, isKnown: true });
    expect(reads()).toBe(2);
  });
});
