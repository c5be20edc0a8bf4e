import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { AwazError, cutForPartTarget, ERROR_TABLE, parseLadder } from '@awaz/infra/contract';
import { ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { createLogger, Registry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { Presence } from '../presence/index.ts';
import { restRouter } from '../rest/index.ts';
import { BriefCache } from './brief-cache.ts';
import { StationStore, stationRoutes } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let registry: BroadcastRegistry;
let store: StationStore;
let presence: Presence;
let origin: string;
const ends: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  registry = new BroadcastRegistry(handle);
  const bus = new ControlBus(handle);
  store = new StationStore({ handle, bus, registry });
  presence = new Presence({ handle, logger: createLogger('stations-test', 'silent'), metrics: new Registry() });
  const app = new Koa();
  app.use(async (context, next) => {
    try {
      await next();
    } catch (error) {
      context.status = error instanceof AwazError ? ERROR_TABLE[error.code].status : 500;
      context.body = { code: error instanceof AwazError ? error.code : String(error) };
    }
  });
  const limits = { take: async () => undefined };
  const callers = { identify: async () => ({ kind: 'guest' as const }) };
  const routes = stationRoutes({ stations: store, registry, presence });
  const grants = { of: async () => undefined };
  app.use(restRouter({ routes, callers, standings: store, grants, handle, limits, trustProxy: false }).routes());
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  ends.push(() => presence.close());
  ends.push(() => bus.close());
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});

afterAll(async () => {
  for (const end of ends) await end();
  await redis.close();
});

const NOBODY = { count: 0, peak: 0, exact: true };

const get = async (path: string) => {
  const answer = await fetch(origin + path);
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
};

describe('GET /api/v1/stations', () => {
  it('lists public stations with their addresses, and whether they are on air', async () => {
    await store.add({ slug: 'radio', title: 'Radio' });
    await store.add({ slug: 'secret', public: false });
    const facts = { description: '', language: null, tags: [], artwork: null };
    const off = { slug: 'radio', title: 'Radio', live: false, startedAt: null, listeners: NOBODY, ...facts };
    const addresses = { url: '/live/radio/index.m3u8', page: '/s/radio' };
    expect(await get('/api/v1/stations')).toEqual({
      status: 200,
      body: { stations: [{ ...off, ...addresses }], next: null },
    });
    expect(await get('/api/v1/stations/radio')).toEqual({ status: 200, body: { ...off, ...addresses } });

    const token = publisherToken('k');
    const cut = cutForPartTarget(192);
    await registry.open('radio', { token, takeover: false, ladder: parseLadder('64k'), cut, openedBy: 'k' });
    const on = await until(async () => {
      const { body } = await get('/api/v1/stations/radio');
      return body.live ? body : undefined;
    });
    const broadcast = await registry.get('radio');
    expect([on.startedAt, on.listeners]).toEqual([broadcast?.startedAt, NOBODY]);

    presence.media('radio', `~${'a'.repeat(22)}`, broadcast?.broadcastId ?? '');
    const one = { count: 1, peak: 1, exact: true };
    await until(async () => ((await get('/api/v1/stations/radio')).body.listeners as typeof one).count === 1);
    expect((await get('/api/v1/stations/radio')).body.listeners).toEqual(one);
    await until(async () => {
      const { stations } = (await get('/api/v1/stations')).body as { stations: { listeners: unknown }[] };
      expect(stations.map(({ listeners }) => listeners)).toEqual([one]);
      return true;
    });
  });

  it('answers unknown_station with 404 for a station that is unknown, private or no name at all', async () => {
    for (const name of ['nowhere', 'secret', 'a%2fb', 'UPPER', 'a'.repeat(300)]) {
      expect(await get(`/api/v1/stations/${name}`)).toEqual({ status: 404, body: { code: 'unknown_station' } });
    }
  });
});

describe('GET /api/v1/stations?…', () => {
  const slugs = async (query: string) => {
    const { body } = await get(`/api/v1/stations?${query}`);
    return (body.stations as { slug: string }[]).map(({ slug }) => slug);
  };

  beforeAll(async () => {
    await store.add({ slug: 'cafe', title: 'Caf\u00e9 Karachi', tags: ['urdu', 'hip hop'], language: 'ur-Latn' });
    await store.add({
      slug: 'morning',
      title: 'Morning',
      description: 'News and talk',
      tags: ['news'],
      language: 'en-GB',
    });
    await until(async () => (await slugs('')).length === 3, { what: 'both are listed' });
  });

  it('finds stations by text, tag, language, and whether they are on air', async () => {
    const asked = ['q=cafe%20KARACHI', 'q=hip', 'q=talk', 'q=nothing', 'tag=Hip%20%20Hop', 'tag=hip'];
    const found = [['cafe'], ['cafe'], ['morning'], [], ['cafe'], []];
    for (const [at, query] of asked.entries()) expect([query, await slugs(query)]).toEqual([query, found[at]]);
    for (const [query, expected] of [
      ['language=en', ['morning']],
      ['language=EN-gb', ['morning']],
      ['language=e', []],
      ['language=ur&tag=urdu', ['cafe']],
      ['language=ur&tag=news', []],
      ['live=false', ['cafe', 'morning']],
      ['live=true', ['radio']],
    ] as const) {
      expect([query, await slugs(query)]).toEqual([query, expected]);
    }
  });

  it('comes in pages', async () => {
    const first = (await get('/api/v1/stations?limit=2')).body;
    const second = (await get(`/api/v1/stations?limit=2&cursor=${first.next}`)).body;
    const all = [first, second].flatMap(({ stations }) => (stations as { slug: string }[]).map(({ slug }) => slug));
    expect([all, second.next]).toEqual([['radio', 'cafe', 'morning'], null]);
    expect((await get('/api/v1/stations?cursor=nonsense')).body.code).toBe('bad_request');
  });
});

describe('BriefCache', () => {
  it('shares one load among those who ask at the same time, and loads a failed one again', async () => {
    let loads = 0;
    const cache = new BriefCache(60_000, 2, async (key) => {
      loads++;
      if (loads === 1) throw new Error('away');
      return key;
    });
    await expect(Promise.all([cache.get('a'), cache.get('a')])).rejects.toThrow('away');
    expect(loads).toBe(1);
    expect(await Promise.all([cache.get('a'), cache.get('a')])).toEqual(['a', 'a']);
    expect(loads).toBe(2);
  });

  it('drops the oldest entry when there are too many', async () => {
    const loads: string[] = [];
    const cache = new BriefCache(60_000, 2, async (key) => loads.push(key));
    for (const key of ['a', 'b', 'c', 'b', 'a']) await cache.get(key);
    expect(loads).toEqual(['a', 'b', 'c', 'a']);
  });
});
