import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, parseLadder } from '@awaz/infra/contract';
import { broadcastKeys, type RedisHandle } from '@awaz/infra/redis';
import { createLogger, createRegistry, type Registry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { LIKE_ALLOWANCES, LIKE_SPAN_MS, Likes, MAX_LIKE_SPANS } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let registry: BroadcastRegistry;
const open: Likes[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  registry = new BroadcastRegistry(handle);
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((likes) => likes.close()));
});
afterAll(() => redis.close());

function openLikes(on: RedisHandle = handle, metrics: Registry = createRegistry('test')): Likes {
  const likes = new Likes({ handle: on, metrics, logger: createLogger('likes-test', 'silent') });
  open.push(likes);
  return likes;
}

async function goLive(station: string, on = registry): Promise<string> {
  const cut = cutForPartTarget(192);
  const wish = { token: publisherToken('k'), takeover: true, ladder: parseLadder('64k'), cut, openedBy: 'k' };
  const opened = await on.open(station, wish);
  if (!('record' in opened)) throw new Error(opened.outcome);
  return opened.record.broadcastId;
}

let made = 0;
const somebody = () => ({ id: `g${++made}`, network: `192.0.2.${made % 250}` });

async function likeBy(likes: Likes, station: string, count: number): Promise<void> {
  for (let n = 0; n < count; n++) await likes.like(station, somebody());
}

describe('likes', () => {
  it('are one number over processes, told to those who watch at most once a second', async () => {
    const [here, there] = [openLikes(), openLikes(redis.handle())];
    await goLive('both');
    const told: { count: number; heardAt: number }[] = [];
    const stop = there.watch('both', ({ count }) => told.push({ count, heardAt: performance.now() }));
    for (let round = 0; round < 8; round++) {
      await Promise.all([likeBy(here, 'both', 20), likeBy(there, 'both', 5)]);
      await until(() => told.length > 0 || round < 4, { what: 'something was told' });
    }
    await until(() => told.at(-1)?.count === 200, { what: 'all 200 are told' });
    for (let n = 1; n < told.length; n++) {
      expect(Number(told[n]?.heardAt) - Number(told[n - 1]?.heardAt)).toBeGreaterThan(990);
      expect(told[n]?.count).toBeGreaterThan(told[n - 1]?.count ?? 0);
    }
    expect([await here.count('both'), await there.count('both')]).toEqual([200, 200]);
    stop();
    stop();
  });

  it('are answered with a number that holds one’s own, and cost no write each', async () => {
    const likes = openLikes();
    await goLive('cheap');
    await likes.like('cheap', somebody());
    const writes = async () => {
      const { commands } = handle;
      const stats = String(await commands.info('commandstats'));
      return Number(/cmdstat_hincrby:calls=(\d+)/.exec(stats)?.[1] ?? 0);
    };
    const before = await writes();
    const counts: number[] = [];
    for (let n = 0; n < 300; n++) counts.push((await likes.like('cheap', somebody())).count);
    expect(counts).toEqual(Array.from({ length: 300 }, (_, n) => n + 2));
    await until(async () => (await likes.count('cheap')) === 301, { what: 'all are written' });
    expect((await writes()) - before).toBeLessThan(10);
  });

  it('lie along the media time that people heard, in spans of ten seconds', async () => {
    const likes = openLikes();
    const broadcastId = await goLive('spans');
    const now = Math.floor(Date.now() / LIKE_SPAN_MS) * LIKE_SPAN_MS;
    const times = [now - 25_000, now - 25_000, now - 12_000, now - 3_600_000, undefined, Number.NaN];
    for (const mediaTime of times) await likes.like('spans', somebody(), mediaTime);
    await until(async () => (await likes.count('spans')) === times.length, { what: 'all are written' });
    expect(await likes.timeline('spans', broadcastId)).toEqual([
      { from: now - 30_000, count: 2 },
      { from: now - 20_000, count: 1 },
    ]);
  });

  it('begin anew with each broadcast, and are none off air', async () => {
    const likes = openLikes();
    const first = await goLive('anew');
    await likeBy(likes, 'anew', 3);
    await until(async () => (await likes.count('anew')) === 3, { what: 'three' });
    await registry.end('anew', first, 'ended_by_owner');
    const refused = () => likes.like('anew', somebody()).catch((error: { code: string }) => error.code);
    await until(async () => (await refused()) === 'off_air', { what: 'the end is known' });
    expect(await likes.count('anew')).toBe(3);
    await goLive('anew');
    expect(await likes.count('anew')).toBe(0);
    expect(await likes.like('never', somebody()).catch((error) => error.code)).toBe('off_air');
  });

  it('of one person, and of one process, are bounded', async () => {
    const likes = openLikes();
    await goLive('mad');
    const ann = { id: 'ann', network: '192.0.2.9' };
    const outcomes: string[] = [];
    for (let n = 0; n < 50; n++) {
      const outcome = await likes.like('mad', ann).then(
        () => 'ok',
        (error) => error,
      );
      outcomes.push(typeof outcome === 'string' ? outcome : outcome.code);
      if (typeof outcome !== 'string') expect(outcome.retryAfterMs).toBeGreaterThan(0);
    }
    expect(outcomes.filter((outcome) => outcome === 'ok').length).toBeGreaterThanOrEqual(LIKE_ALLOWANCES.person.points);
    expect(outcomes).toContain('rate_limited');
    const many = LIKE_ALLOWANCES.all.points * 2;
    const all = await Promise.all(
      Array.from({ length: many }, (_, n) =>
        likes.like('mad', { id: `p${n}`, network: `n${n % 1000}` }).then(
          () => 1,
          () => 0,
        ),
      ),
    );
    const taken = all.reduce<number>((sum, one) => sum + one, 0);
    expect(taken).toBeGreaterThan(1000);
    expect(taken).toBeLessThan(many);
  });

  it('keep the spans of a day', async () => {
    const likes = openLikes();
    const broadcastId = await goLive('long');
    const { likes: key } = broadcastKeys('long', broadcastId);
    const newest = Math.floor(Date.now() / LIKE_SPAN_MS);
    const old = Object.fromEntries(Array.from({ length: MAX_LIKE_SPANS }, (_, n) => [newest - 100 - n, 1]));
    await handle.commands.hset(key, { ...old, total: MAX_LIKE_SPANS });
    await likes.like('long', somebody(), Date.now());
    await until(async () => (await likes.count('long')) === MAX_LIKE_SPANS + 1, { what: 'it is written' });
    const spans = await likes.timeline('long', broadcastId);
    expect(spans).toHaveLength(MAX_LIKE_SPANS);
    expect(spans[0]?.from).toBe((newest - 100 - MAX_LIKE_SPANS + 2) * LIKE_SPAN_MS);
    expect(await handle.commands.pttl(key)).toBeGreaterThan(0);
  });

  it('wait while Redis is away, and are written when it is back', async () => {
    const own = await startTestRedis();
    const ownHandle = own.handle();
    const metrics = createRegistry('test');
    const likes = openLikes(ownHandle, metrics);
    await goLive('away', new BroadcastRegistry(ownHandle));
    await likes.like('away', somebody());
    await until(async () => (await likes.count('away')) === 1, { what: 'the first is written' });
    await likes.like('away', somebody());
    await own.kill();
    const failures = async () => /awaz_like_write_failures_total\{[^}]*\} [1-9]/.test(await metrics.metrics());
    await until(failures, { what: 'a write fails' });
    await own.restart();
    await until(async () => (await likes.count('away')) === 2, { what: 'the second is written', timeoutMs: 20_000 });
    await likes.close();
    await own.close();
  });

  it('that wait are written at the end', async () => {
    const likes = openLikes();
    await goLive('last');
    await likeBy(likes, 'last', 5);
    await likes.close();
    await likes.close();
    expect(await openLikes().count('last')).toBe(5);
  });
});
