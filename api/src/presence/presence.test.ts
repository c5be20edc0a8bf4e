import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { type ListenerCount, SESSION_PATTERN } from '@awaz/infra/contract';
import { type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MadeUpBroadcast } from '../origin/test/made-up-broadcast.ts';
import { get } from '../origin/test/origin-server.ts';
import { encodeParts, type RealRendition } from '../origin/test/real-parts.ts';
import { openStream } from '../origin/test/stream-client.ts';
import { type PresenceNode, someSession, startPresenceNode } from '../test/presence-node.ts';

const API = fileURLToPath(new URL('../main.js', import.meta.url));

let redis: TestRedis;
let handle: RedisHandle;
let real: RealRendition;
let near: PresenceNode;
let far: PresenceNode;
let broadcast: MadeUpBroadcast;
let station = '';
let stations = 0;
const ends: (() => void)[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  real = await encodeParts(128, 10);
});
afterAll(() => redis.close());
beforeEach(async () => {
  station = `listened-${stations++}`;
  [near, far] = await Promise.all([startPresenceNode(handle), startPresenceNode(handle)]);
  broadcast = await onAir();
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await Promise.all([near.close(), far.close()]);
});

const onAir = () =>
  MadeUpBroadcast.onAir(handle, {
    station,
    parts: 3,
    ladder: [{ name: '128k', kbps: 128 }],
    init: () => real.init,
    payload: (_, part) => real.parts[part % real.parts.length] ?? Buffer.alloc(0),
  });

const pathOf = (session: string, file: string) =>
  `/live/${station}/${session}/${broadcast.record.broadcastId}/128k/${file}`;

/** A listener that fetches a part now and then, of any of the nodes in turn, until it leaves. */
function listen(session: string, ...nodes: PresenceNode[]): () => void {
  let turn = 0;
  const fetchOne = () => {
    const node = nodes[turn++ % nodes.length];
    node?.server.get(pathOf(session, '3.1.m4s')).catch(() => undefined);
  };
  fetchOne();
  const timer = setInterval(fetchOne, 400);
  const leave = () => clearInterval(timer);
  ends.push(leave);
  return leave;
}

const members = () => handle.commands.zrange(stationKeys(station).listeners, '0', '-1');

describe('the count of listeners', () => {
  it('rises on every node with a join and falls with a leave', async () => {
    const heard: ListenerCount[] = [];
    far.presence.watch(station, (count) => heard.push(count));
    expect(await far.presence.count(station)).toEqual({ count: 0, peak: 0, exact: true });
    const leave = listen(someSession(), near);
    listen(someSession(), near);
    expect(await near.shows(station, 2)).toEqual({ count: 2, peak: 2, exact: true });
    await far.shows(station, 2);
    leave();
    expect(await far.shows(station, 1)).toEqual({ count: 1, peak: 2, exact: true });
    await near.shows(station, 1);
    expect(heard.at(-1)).toEqual({ count: 1, peak: 2, exact: true });
  });

  it('has a session once, whichever nodes and ways it uses', async () => {
    const session = someSession();
    listen(session, near, far);
    listen(someSession(), far, near);
    const stream = openStream(far.server.port, `/live/${station}/stream.aac?session=${session}`);
    ends.push(() => stream.socket.destroy());
    await near.shows(station, 2);
    await until(() => near.presence.held === 2 && far.presence.held === 2);
    expect((await members()).sort()).toHaveLength(2);
    await far.shows(station, 2);
  });

  it('has who reads a progressive stream, as long as he does', async () => {
    const open = (query = '') => {
      const client = openStream(near.server.port, `/live/${station}/stream.aac${query}`);
      ends.push(() => client.socket.destroy());
      return client;
    };
    const clients = [open(), open(), open('?session=nonsense')];
    await Promise.all(clients.map((client) => client.received(1)));
    await far.shows(station, 3);
    clients[0]?.socket.destroy();
    await far.shows(station, 2);
  });

  it('has nobody who fetches no media, or in vain', async () => {
    const { port } = near.server;
    const ask = (file: string, method = 'GET', headers = {}) =>
      get(port, pathOf(someSession(), file), { method, headers });
    const statuses = [
      await get(port, `/live/${station}/index.m3u8?session=${someSession()}`),
      await ask('playlist.m3u8'),
      await ask('init.mp4'),
      await ask('3.1.m4s', 'HEAD'),
      await ask('3.1.m4s', 'OPTIONS'),
      await ask('3.1.m4s', 'POST'),
      await ask('3.1.m4s', 'GET', { range: 'bytes=999999-' }),
      await ask('900.m4s'),
      await ask('900.0.m4s'),
      await get(port, `/live/${station}/stream.aac`, { method: 'HEAD' }),
      await get(port, `/live/${station}/stream.ogg`),
    ].map(({ status }) => status);
    expect(statuses).toEqual([200, 200, 200, 200, 204, 405, 416, 404, 404, 200, 404]);
    const session = someSession();
    listen(session, near);
    await near.shows(station, 1);
    expect(await members()).toEqual([session.slice(1)]);
  });

  it('has who gets media from a proxy’s cache, by the playlists that the proxy passes on', async () => {
    const { port } = near.server;
    const session = someSession();
    const viaProxy = { via: 'HTTP/2.0 nginx' };
    await get(port, pathOf(session, 'playlist.m3u8'), { headers: viaProxy });
    await get(port, pathOf(someSession(), 'init.mp4'), { headers: viaProxy });
    await get(port, pathOf(someSession(), 'playlist.m3u8?_HLS_msn=99'), { headers: viaProxy });
    await get(port, pathOf(someSession(), 'playlist.m3u8'), { headers: viaProxy, method: 'HEAD' });
    await far.shows(station, 1);
    expect(await members()).toEqual([session.slice(1)]);
  });

  it('is right again after a node died, by what the others see', async () => {
    const folder = { REDIS_URL: redis.url, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'silent' };
    const child = fork(API, { env: folder, silent: true });
    const exited = once(child, 'exit');
    ends.push(() => child.kill('SIGKILL'));
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    listen(someSession(), far);
    const timer = setInterval(() => {
      get(port, pathOf(lost, '3.1.m4s')).catch(() => undefined);
    }, 200);
    ends.push(() => clearInterval(timer));
    const lost = someSession();
    await far.shows(station, 2);
    child.kill('SIGKILL');
    await exited;
    // What it wrote last runs out before the listener's six seconds are over.
    const [seconds] = await handle.commands.time();
    const score = await handle.commands.zscore(stationKeys(station).listeners, lost.slice(1));
    expect(Number(score)).toBeLessThan(Number(seconds) * 1000 + 4100);
    await far.shows(station, 1);
  });

  it('is right again after Redis went away and lost everything', async () => {
    listen(someSession(), near);
    listen(someSession(), far);
    await Promise.all([near.shows(station, 2), far.shows(station, 2)]);
    await redis.kill();
    await until(
      () =>
        far.presence.count(station).then(
          () => false,
          () => true,
        ),
      { timeoutMs: 20_000 },
    );
    await redis.restart();
    await until(() => handle.commands.flushall(), { timeoutMs: 20_000 });
    await Promise.all([near.shows(station, 2, 30_000), far.shows(station, 2, 30_000)]);
  }, 120_000);

  it('takes no session that is none, whatever a path or a query says', async () => {
    const pieces = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('~', '~abc', '%7E', '__proto__', `~${'a'.repeat(21)}`, `~${'a'.repeat(23)}`, '..', '~%00', '{x}'),
      fc.string({ minLength: 22, maxLength: 22 }).map((text) => `~${text}`),
    );
    await fc.assert(
      fc.asyncProperty(pieces, fc.boolean(), async (text, encoded) => {
        const session = encoded ? encodeURIComponent(text) : text.replaceAll(/[^\x21-\x7e]/g, '');
        await near.server.get(pathOf(session, '3.1.m4s'));
        near.presence.seen(station, text);
        near.presence.seen(text, someSession());
      }),
      { numRuns: 150, seed: 20_261_121 },
    );
    for (const query of ['%', 'x', '~a&session=~b', `~${'a'.repeat(30)}`, '%7E%00']) {
      const stream = openStream(near.server.port, `/live/${station}/stream.aac?session=${query}`);
      await stream.received(1);
      stream.socket.destroy();
    }
    await until(async () => (await members()).length === 5);
    for (const member of await members()) expect(`~${member}`).toMatch(SESSION_PATTERN);
    const keys = await handle.commands.keys('awaz:*:listeners');
    expect(keys.filter((key) => !/^awaz:\{[a-z0-9-]+\}:listeners$/.test(key))).toEqual([]);
  });
});

describe('a station behind a cache', () => {
  const askWithoutSession = () => near.server.get(broadcast.path('128k', '3.1.m4s'));

  it('says that its number cannot be known, counts heartbeats then, and recovers', async () => {
    const [own, told, gone] = [someSession(), someSession(), someSession()];
    listen(own, near);
    const beat = setInterval(() => {
      for (const session of [own, told]) far.presence.seen(station, session);
    }, 500);
    ends.push(() => clearInterval(beat));
    far.presence.seen(station, gone);
    expect(await far.shows(station, 1)).toMatchObject({ exact: true });
    for (let request = 0; request < 6; request++) await askWithoutSession();
    expect(await far.shows(station, 3)).toEqual({ count: 3, peak: 3, exact: false });
    far.presence.left(station, gone);
    await near.shows(station, 2);
    // As if no request without a session had come for long.
    await handle.commands.hset(stationKeys(station).audience, 'stray', '0.9');
    expect(await near.shows(station, 1)).toEqual({ count: 1, peak: 3, exact: true });
    expect(await near.figures()).toContain('awaz_presence_sessionless_requests_total 6');
  });

  it('is believed in spite of a stray request or two', async () => {
    listen(someSession(), near);
    await near.shows(station, 1);
    for (let request = 0; request < 2; request++) await askWithoutSession();
    listen(someSession(), near);
    expect(await near.shows(station, 2)).toMatchObject({ exact: true });
  });
});

describe('a broadcast', () => {
  it('keeps its own peak and how many listened at all, as long as its record', async () => {
    const first = broadcast.record.broadcastId;
    const leave = [1, 2, 3].map(() => listen(someSession(), near));
    await near.shows(station, 3);
    for (const each of leave) each();
    await near.shows(station, 0);
    listen(someSession(), far);
    await near.shows(station, 1);
    expect([await far.presence.peak(station, first), await far.presence.unique(station, first)]).toEqual([3, 4]);
    await broadcast.end();
    broadcast = await onAir();
    const second = broadcast.record.broadcastId;
    await until(async () => (await near.presence.count(station)).peak === 1);
    await until(async () => (await near.presence.unique(station, second)) === 1);
    expect([await near.presence.peak(station, second), await near.presence.peak(station, first)]).toEqual([1, 3]);
    const lives = await handle.commands.pttl(stationKeys(station).live);
    for (const key of await handle.commands.keys(`awaz:{${station}}:b:${second}:*`)) {
      if (!/audience|uniques/.test(key)) continue;
      const ttl = await handle.commands.pttl(key);
      expect(ttl).toBeGreaterThan(0);
      expect(ttl).toBeLessThanOrEqual(lives + 2000);
    }
    expect(await near.presence.peak(station, 'bffffffffffffffff')).toBe(0);
  });
});

describe('a large audience', () => {
  it('of 50,000 sessions is counted in bounded memory', async () => {
    const { broadcastId } = broadcast.record;
    const sessions = Array.from({ length: 50_000 }, someSession);
    const fetchAll = () => {
      for (const session of sessions) near.presence.media(station, session, broadcastId);
    };
    fetchAll();
    const timer = setInterval(fetchAll, 2000);
    ends.push(() => clearInterval(timer));
    await far.shows(station, 50_000, 40_000);
    expect(near.presence.held).toBe(50_000);
    expect(far.presence.held).toBe(0);
    const { listeners } = stationKeys(station);
    expect(await handle.commands.memory('USAGE', listeners, 'SAMPLES', 0)).toBeLessThan(50_000 * 200);
    expect(Math.abs((await near.presence.unique(station, broadcastId)) - 50_000)).toBeLessThan(2500);
    clearInterval(timer);
    await far.shows(station, 0, 40_000);
    await until(() => near.presence.held === 0);
    expect(await handle.commands.exists(listeners)).toBe(0);
  }, 120_000);

  it('beyond what a process holds is not counted, and the count says so', async () => {
    const small = await startPresenceNode(handle, { maxHeldSessions: 10 });
    const timer = setInterval(() => {
      for (const session of sessions) small.presence.media(station, session, broadcast.record.broadcastId);
    }, 300);
    const sessions = Array.from({ length: 15 }, someSession);
    ends.push(() => clearInterval(timer));
    expect(await far.shows(station, 10)).toMatchObject({ exact: false });
    expect(small.presence.held).toBe(10);
    expect(await small.figures()).toMatch(/awaz_presence_uncounted_total [1-9]/);
    await small.close();
  });

  it('beyond what a station may have loses those whose time runs out first', async () => {
    const small = await startPresenceNode(handle, { maxStationSessions: 5 });
    const { broadcastId } = broadcast.record;
    for (let each = 0; each < 9; each++) small.presence.media(station, someSession(), broadcastId);
    expect(await small.shows(station, 5)).toMatchObject({ exact: false });
    await until(async () => (await members()).length <= 5);
    await small.close();
  });
});

describe('the figures', () => {
  it('show the same number of listeners on every node, for stations with listeners only', async () => {
    listen(someSession(), near);
    await far.shows(station, 1);
    const shown = `awaz_station_listeners{station="${station}"} 1`;
    for (const node of [near, far]) {
      await until(async () => (await node.figures()).includes(shown));
      expect((await node.figures()).match(/awaz_station_listeners\{/g)).toHaveLength(1);
    }
    expect(await near.figures()).toMatch(/awaz_presence_sessions 1\n/);
    expect(await near.figures()).toMatch(/awaz_presence_flush_seconds_count [1-9]/);
  });
});
