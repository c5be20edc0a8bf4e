import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MadeUpBroadcast } from '../origin/test/made-up-broadcast.ts';
import { openStream } from '../origin/test/stream-client.ts';
import { type PresenceNode, someSession, startPresenceNode } from '../test/presence-node.ts';

let redis: TestRedis;
let handle: RedisHandle;
let narrow: PresenceNode;
let wide: PresenceNode;
let broadcast: MadeUpBroadcast;
let station = '';
let stations = 0;
const ends: (() => void)[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});
afterAll(() => redis.close());
beforeEach(async () => {
  station = `full-${stations++}`;
  broadcast = await MadeUpBroadcast.onAir(handle, { station, parts: 3 });
  [narrow, wide] = await Promise.all([
    startPresenceNode(handle, { admission: { maxListeners: 2 } }),
    startPresenceNode(handle),
  ]);
});
afterEach(async () => {
  for (const end of ends.splice(0)) end();
  await Promise.all([narrow.close(), wide.close()]);
});

const index = (query = '') => `/live/${station}/index.m3u8${query}`;
const part = (session: string) => `/live/${station}/${session}/${broadcast.record.broadcastId}/64k/3.1.m4s`;

/** The session that a multivariant playlist hands out. */
const sessionIn = (playlist: string) => /^(~[\w-]{22})\//m.exec(playlist)?.[1] ?? '';

/** Joins a node and fetches a part again and again, as players do, until it leaves. */
async function join(node: PresenceNode): Promise<{ session: string; leave: () => void }> {
  const { status, text } = await node.server.get(index());
  expect(status).toBe(200);
  const session = sessionIn(text);
  const fetchPart = () => node.server.get(part(session)).catch(() => undefined);
  await fetchPart();
  const timer = setInterval(fetchPart, 500);
  const leave = () => clearInterval(timer);
  ends.push(leave);
  return { session, leave };
}

const code = (text: string) => JSON.parse(text).code as string;

describe('a node with as many listeners as it may have', () => {
  it('tells newcomers server_full and when to come back, and serves those who are there', async () => {
    const [first] = [await join(narrow), await join(narrow)];
    for (const path of [index(), index(`?session=${someSession()}`), `/live/${station}/stream.aac`]) {
      for (const byNode of [false, true]) {
        const refused = await narrow.server.get(path, { byNode });
        expect([path, refused.status, code(refused.text)]).toEqual([path, 503, 'server_full']);
        expect(refused.headers).toMatchObject({ 'retry-after': '10', 'cache-control': 'no-store' });
        expect(refused.headers['access-control-expose-headers']).toContain('Retry-After');
      }
    }
    const again = await narrow.server.get(index(`?session=${first.session}`));
    expect([again.status, sessionIn(again.text)]).toEqual([200, first.session]);
    expect((await narrow.server.get(part(first.session))).status).toBe(200);
    const blocked = narrow.server.get(
      `${part(first.session).replace('3.1.m4s', 'playlist.m3u8')}?_HLS_msn=3&_HLS_part=3`,
    );
    await broadcast.publish(1);
    expect((await blocked).status).toBe(200);
    expect(narrow.admission.state).toEqual({ busy: false, full: ['listener'] });
    const figures = await narrow.figures();
    expect(figures).toMatch(/awaz_admission_refused_total\{kind="listener",reason="full"\} 6\n/);
    expect(figures).toMatch(/awaz_admission_admitted_total\{kind="listener"\} 2\n/);
    expect(figures).toMatch(/awaz_admission_taken\{kind="listener"\} 2\n/);
  });

  it('takes the next one when somebody has left', async () => {
    const [first] = [await join(narrow), await join(narrow)];
    expect((await narrow.server.get(index())).status).toBe(503);
    first.leave();
    await until(async () => (await narrow.server.get(index())).status === 200, {
      timeoutMs: 20_000,
      everyMs: 200,
      what: 'there is room again',
    });
  });

  it('counts who reads a stream, and lets nobody else in meanwhile', async () => {
    const streams = [0, 1].map(() => openStream(narrow.server.port, `/live/${station}/stream.aac`));
    ends.push(() => {
      for (const { socket } of streams) socket.destroy();
    });
    for (const stream of streams) expect(await stream.head()).toMatch(/^HTTP\/1\.1 200 /);
    const refused = await narrow.server.get(`/live/${station}/stream.aac`);
    expect([refused.status, code(refused.text)]).toEqual([503, 'server_full']);
  });

  it('takes sessions that run on another node, which may have died', async () => {
    await join(narrow);
    await join(narrow);
    const { session } = await join(wide);
    await wide.shows(station, 3);
    const moved = await narrow.server.get(index(`?session=${session}`));
    expect([moved.status, sessionIn(moved.text)]).toEqual([200, session]);
  });

  it('gives the usual answer where nobody could listen anyway', async () => {
    await join(narrow);
    await join(narrow);
    expect((await narrow.server.get('/live/nowhere/index.m3u8')).status).toBe(404);
    expect((await narrow.server.get(index(), { method: 'HEAD' })).status).toBe(200);
  });

  it('refuses to open another session by a token before there is one', async () => {
    await join(narrow);
    await join(narrow);
    for (const slug of [station, 'nowhere']) {
      const refused = await narrow.server.get(`/live/${slug}/index.m3u8?token=abc`);
      expect([refused.status, code(refused.text)]).toEqual([503, 'server_full']);
    }
  });
});
