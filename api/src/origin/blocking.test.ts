import { Agent, request } from 'node:http';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MadeUpBroadcast, madeUpBytes } from './test/made-up-broadcast.ts';
import { isPending, type OriginServer, startOrigin } from './test/origin-server.ts';

let redis: TestRedis;
let handle: RedisHandle;
let server: OriginServer;
let broadcast: MadeUpBroadcast;
let stations = 0;
let url = '';

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});
afterAll(() => redis.close());
beforeEach(async () => {
  server = await startOrigin(handle);
  broadcast = await MadeUpBroadcast.onAir(handle, { station: `blocking-${stations++}`, parts: 4 });
  url = broadcast.path('128k', 'playlist.m3u8');
  await server.get(url); // segment 3 is open and has parts 0 to 3
});
afterEach(() => server.close());

const held = async () => Number(/^awaz_origin_held_requests (\d+)$/m.exec(await server.metrics())?.[1]);

describe('a blocking playlist request', () => {
  it('for the next part does not answer, then answers with that part', async () => {
    const answer = server.get(`${url}?_HLS_msn=3&_HLS_part=4`);
    expect(await isPending(answer)).toBe(true);
    await broadcast.publish();
    const { status, text, headers } = await answer;
    expect(status).toBe(200);
    expect(text).toContain('URI="3.4.m4s"');
    expect(headers['cache-control']).toBe('public, max-age=0, s-maxage=12');
  });

  it('that is sent again by a player whose answer was all there was gets what came since, not its own cache’s copy', async () => {
    const again = `${url}?_HLS_msn=3&_HLS_part=3`;
    const first = await server.get(again);
    expect(first.text).not.toMatch(/EXT-X-PART:.*"3\.4\.m4s"/);
    await broadcast.publish();
    const second = await server.get(again);
    expect(second.text).toMatch(/EXT-X-PART:.*"3\.4\.m4s"/);
    for (const { headers } of [first, second]) expect(headers['cache-control']).toMatch(/\bmax-age=0\b/);
  });

  it('for a segment waits for the whole segment, past its parts', async () => {
    const answer = server.get(`${url}?_HLS_msn=3`);
    await broadcast.publish(5);
    expect(await isPending(answer)).toBe(true);
    await broadcast.publish();
    expect((await answer).text).toContain('\n3.m4s\n');
  });

  it('for a part beyond the last of its segment waits for part 0 of the next segment', async () => {
    const answer = server.get(`${url}?_HLS_msn=3&_HLS_part=10`);
    await broadcast.publish(6);
    expect(await isPending(answer)).toBe(true);
    await broadcast.publish();
    expect((await answer).text).toContain('URI="4.0.m4s"');
  });

  it.each(['_HLS_msn=0', '_HLS_msn=0&_HLS_part=7', '_HLS_msn=2', '_HLS_msn=2&_HLS_part=99', '_HLS_msn=3&_HLS_part=3'])(
    'for something that is there, %s, is answered at once with the whole playlist',
    async (query) => {
      const { status, text } = await server.get(`${url}?token=x&${query}&other`);
      expect(status).toBe(200);
      expect(text).toContain('#EXT-X-MEDIA-SEQUENCE:0\n');
      expect(text).toContain('URI="3.3.m4s"');
    },
  );

  it.each([
    '_HLS_msn=5',
    '_HLS_msn=5&_HLS_part=0',
    '_HLS_msn=3&_HLS_part=20',
    '_HLS_part=1',
    '_HLS_msn=x',
    '_HLS_msn=-1',
    '_HLS_msn=3&_HLS_msn=3',
    '_HLS_msn=99999999999999999999',
    '_HLS_msn=3&_HLS_part=',
  ])('that makes no sense, %s, is refused with 400 at once and nobody keeps that answer', async (query) => {
    const { status, headers, text } = await server.get(`${url}?${query}`);
    expect(status).toBe(400);
    expect(headers['cache-control']).toBe('no-store');
    expect(JSON.parse(text).code).toBe('bad_request');
  });

  it('from another node, at one that has read only some of the opening yet, waits for it', async () => {
    const lagging = await MadeUpBroadcast.open(handle, { station: 'blocking-lagging' });
    await lagging.writeFacts();
    await lagging.publishSegments(1);
    const playlist = lagging.path('128k', 'playlist.m3u8');
    expect((await server.get(`${playlist}?_HLS_msn=5&_HLS_part=0`)).status).toBe(400);
    const answer = server.get(`${playlist}?_HLS_msn=3&_HLS_part=0`);
    expect(await isPending(answer)).toBe(true);
    await lagging.publishSegments(2);
    await lagging.publish();
    expect((await answer).text).toContain('URI="3.0.m4s"');
  });

  it('that waits for longer than it may gets 503, not an old playlist', async () => {
    const impatient = await startOrigin(handle, { limits: { maxHoldMs: 100 } });
    const answer = await impatient.get(`${url}?_HLS_msn=3&_HLS_part=4`);
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({ 'cache-control': 'no-store', 'retry-after': '1' });
    expect(JSON.parse(answer.text).code).toBe('hold_expired');
    await impatient.close();
  });

  it('is forgotten when its client goes away', async () => {
    const gone = new AbortController();
    const answer = server.get(`${url}?_HLS_msn=4`, { signal: gone.signal });
    await until(async () => (await held()) === 1, { what: 'the request is held' });
    gone.abort();
    await expect(answer).rejects.toThrow();
    await until(async () => (await held()) === 0, { what: 'the request is forgotten' });
  });

  it('beyond what a server may hold is refused and takes no place from the others', async () => {
    const small = await startOrigin(handle, { limits: { maxWaiters: 2 } });
    const first = [small.get(`${url}?_HLS_msn=3&_HLS_part=4`), small.get(`${url}?_HLS_msn=3&_HLS_part=4`)];
    await until(async () => (await small.metrics()).includes('awaz_origin_held_requests 2'));
    const third = await small.get(`${url}?_HLS_msn=3&_HLS_part=4`);
    expect([third.status, JSON.parse(third.text).code]).toEqual([503, 'overloaded']);
    await broadcast.publish();
    expect((await Promise.all(first)).map(({ status }) => status)).toEqual([200, 200]);
    await small.close();
  });

  it('is answered with 503 on a closing connection when the server goes down', async () => {
    const answer = server.get(`${url}?_HLS_msn=4`);
    await until(async () => (await held()) === 1);
    const closed = server.origin.close();
    const { status, headers, text } = await answer;
    expect([status, headers.connection, JSON.parse(text).code]).toEqual([503, 'close', 'server_going_down']);
    await closed;
  });

  it('from a thousand clients at once is rendered once and answered in one go', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1000 });
    const ask = () =>
      new Promise<number>((resolve, reject) => {
        const path = `${url}?_HLS_msn=3&_HLS_part=4`;
        const headers = { 'accept-encoding': 'gzip' };
        const asked = request({ agent, port: server.port, path, headers }, (res) => {
          res.resume().on('end', () => resolve(res.statusCode ?? 0));
        });
        asked.on('error', reject).end();
      });
    const rendersBefore = await renders();
    const answers = Array.from({ length: 1000 }, ask);
    await until(async () => (await held()) === 1000, { what: 'all thousand are held' });
    await broadcast.publish();
    expect(new Set(await Promise.all(answers))).toEqual(new Set([200]));
    expect((await renders()) - rendersBefore).toBe(1);
    agent.destroy();
  });
});

const renders = async () => Number(/^awaz_origin_renders_total (\d+)$/m.exec(await server.metrics())?.[1]);

describe('a request for a part', () => {
  it('that is hinted does not answer, then answers with the whole part', async () => {
    const answer = server.get(broadcast.path('256k', '3.4.m4s'));
    expect(await isPending(answer)).toBe(true);
    await broadcast.publish();
    const { status, body, headers } = await answer;
    expect(status).toBe(200);
    expect(body.equals(madeUpBytes({ name: '256k', kbps: 256 }, 3, 4))).toBe(true);
    expect(headers).toMatchObject({ 'content-type': 'audio/mp4', 'cache-control': 'public, max-age=12' });
  });

  it('that is the first of the next segment is held once it is hinted', async () => {
    await broadcast.publish(6);
    await server.get(`${url}?_HLS_msn=3&_HLS_part=9`);
    const answer = server.get(broadcast.path('64k', '4.0.m4s'));
    expect(await isPending(answer)).toBe(true);
    await broadcast.publish();
    expect((await answer).status).toBe(200);
  });

  it('that is neither there nor hinted is 404', async () => {
    for (const file of ['3.5.m4s', '4.0.m4s', '2.10.m4s', '99.0.m4s', '3.m4s', '4.m4s']) {
      const { status, headers } = await server.get(broadcast.path('64k', file));
      expect([file, status, headers['cache-control']]).toEqual([file, 404, 'public, max-age=2']);
    }
  });

  it('that was hinted and never came is 404 when the broadcast ends', async () => {
    const answer = server.get(broadcast.path('64k', '3.4.m4s'));
    expect(await isPending(answer)).toBe(true);
    await broadcast.end();
    const { status, headers } = await answer;
    expect([status, headers['cache-control']]).toEqual([404, 'public, max-age=8']);
  });
});
