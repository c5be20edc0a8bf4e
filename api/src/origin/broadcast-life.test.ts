import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { parseMediaPlaylist } from '@awaz/transcoder/hls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MadeUpBroadcast } from './test/made-up-broadcast.ts';
import { isPending, startOrigin } from './test/origin-server.ts';

let redis: TestRedis;
let handle: RedisHandle;
let stations = 0;
let station = '';

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});
afterAll(() => redis.close());
beforeEach(() => {
  station = `life-${stations++}`;
});

describe('the end of a broadcast', () => {
  it('releases everybody with an end list that has the short last segment', async () => {
    const server = await startOrigin(handle);
    const broadcast = await MadeUpBroadcast.onAir(handle, { station, parts: 2 });
    const url = broadcast.path('64k', 'playlist.m3u8');
    await server.get(url);
    const held = ['_HLS_msn=3&_HLS_part=3', '_HLS_msn=4&_HLS_part=0', '_HLS_msn=4'].map((query) =>
      server.get(`${url}?${query}`),
    );
    expect(await isPending(Promise.race(held))).toBe(true);
    await broadcast.end(4);
    for (const { status, text } of await Promise.all(held)) {
      expect(status).toBe(200);
      expect(text).toContain('#EXTINF:0.46933,\n3.m4s\n');
      expect(text).toMatch(/#EXT-X-ENDLIST\n$/);
      expect(text).not.toContain('PRELOAD-HINT');
    }
    const nonsense = await server.get(`${url}?_HLS_msn=x&_HLS_part=1&_HLS_part=2&_HLS_skip=YES`);
    expect(nonsense.text).toBe((await held[0])?.text);
    await server.close();
  });

  it('ends the open segment too when its last part did not say so', async () => {
    const server = await startOrigin(handle);
    const broadcast = await MadeUpBroadcast.onAir(handle, { station, parts: 2 });
    await broadcast.end();
    const playlist = parseMediaPlaylist((await server.get(broadcast.path('64k', 'playlist.m3u8'))).text);
    expect(playlist.ended).toBe(true);
    expect(playlist.segments.at(-1)).toMatchObject({ uri: '3.m4s', durationSeconds: 0.384 });
    expect(playlist.openSegment).toBeUndefined();
    expect((await server.get(broadcast.path('64k', '3.m4s'))).status).toBe(200);
    await server.close();
  });

  it('leaves playlists and media for a while, then 404 with a time to come back', async () => {
    const server = await startOrigin(handle, { limits: { mediaAfterEndMs: 1500 } });
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    const paths = [broadcast.path('64k', 'playlist.m3u8'), broadcast.path('64k', '2.m4s')];
    await server.get(paths[0] ?? '');
    await broadcast.end(9);
    expect((await server.get(`/live/${station}/index.m3u8`)).status).toBe(200);
    for (const path of paths) expect((await server.get(path)).status).toBe(200);
    await until(async () => (await server.get(`/live/${station}/index.m3u8`)).status === 404, { what: 'off air' });
    expect((await server.get(`/live/${station}/index.m3u8`)).headers['retry-after']).toBe('2');
    await until(async () => (await server.metrics()).includes('awaz_origin_tailed_broadcasts 0'));
    for (const path of paths) expect((await server.get(path)).status).toBe(404);
    await server.close();
  });

  it('is known to an origin that nobody had asked before', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station, parts: 1 });
    await broadcast.end(3);
    const server = await startOrigin(handle);
    const { status, text } = await server.get(broadcast.path('64k', 'playlist.m3u8'));
    expect(status).toBe(200);
    expect(text).toMatch(/#EXT-X-ENDLIST\n$/);
    await server.close();
  });

  it('does not keep the next one from beginning under an address of its own', async () => {
    const server = await startOrigin(handle);
    const first = await MadeUpBroadcast.onAir(handle, { station });
    expect((await server.get(`/live/${station}/index.m3u8`)).text).toContain(first.record.broadcastId);
    await first.end(9);
    await server.get(`${first.path('64k', 'playlist.m3u8')}?_HLS_msn=3`);
    const second = await MadeUpBroadcast.onAir(handle, { station });
    const index = await until(async () => {
      const { text } = await server.get(`/live/${station}/index.m3u8`);
      return text.includes(second.record.broadcastId) && text;
    });
    expect(index).not.toContain(first.record.broadcastId);
    const unasked = await startOrigin(handle);
    for (const origin of [server, unasked]) {
      expect((await origin.get(first.path('64k', 'playlist.m3u8'))).text).toContain('ENDLIST');
      expect((await origin.get(second.path('64k', 'playlist.m3u8'))).text).not.toContain('ENDLIST');
    }
    await unasked.close();
    await server.close();
  });
});

describe('two origins on one Redis', () => {
  it('give a listener who alternates between them the same bytes', async () => {
    const [one, two] = await Promise.all([startOrigin(handle), startOrigin(handle)]);
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    await broadcast.publishSegments(30);
    const url = broadcast.path('128k', 'playlist.m3u8');
    await Promise.all([one.get(url), two.get(url)]);
    for (let step = 0; step < 25; step++) {
      const { msn, index, endsSegment } = broadcast.last ?? { msn: 0, index: 0, endsSegment: true };
      const next = endsSegment ? { msn: msn + 1, index: 0 } : { msn, index: index + 1 };
      const query = `?_HLS_msn=${next.msn}&_HLS_part=${next.index}${step % 2 ? '&_HLS_skip=YES' : ''}`;
      const asked = [
        one.get(url + query),
        two.get(url + query),
        two.get(broadcast.path('128k', `${next.msn}.${next.index}.m4s`)),
      ];
      await broadcast.publish();
      const [first, second, part] = await Promise.all(asked);
      expect(first?.status).toBe(200);
      expect(second?.text).toBe(first?.text);
      const same = await one.get(broadcast.path('128k', `${next.msn}.${next.index}.m4s`));
      expect(part?.body.equals(same.body)).toBe(true);
    }
    for (const file of ['5.m4s', '20.3.m4s', 'init.mp4']) {
      const [first, second] = await Promise.all([
        one.get(broadcast.path('64k', file)),
        two.get(broadcast.path('64k', file)),
      ]);
      expect(second.body.equals(first.body)).toBe(true);
    }
    await Promise.all([one.close(), two.close()]);
  });
});

describe('following a broadcast', () => {
  it('begins once for all who ask first at the same time', async () => {
    const server = await startOrigin(handle);
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    const reads = async () =>
      Number(/cmdstat_xrange:calls=(\d+)/.exec(await handle.commands.info('commandstats'))?.[1] ?? 0);
    const before = await reads();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) => server.get(broadcast.path('64k', `${index % 3}.m4s`))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await reads()) - before).toBe(1);
    await server.close();
  });

  it('ends when nobody has asked for a while, and begins again with the next request', async () => {
    const server = await startOrigin(handle, { limits: { idleMs: 200 } });
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    await server.get(broadcast.path('64k', 'playlist.m3u8'));
    expect(await server.metrics()).toContain('awaz_origin_tailed_broadcasts 1');
    await until(async () => (await server.metrics()).includes('awaz_origin_tailed_broadcasts 0'));
    await broadcast.publish();
    expect((await server.get(broadcast.path('64k', 'playlist.m3u8'))).text).toContain('3.0.m4s');
    await server.close();
  });

  it('of more broadcasts than a server may follow is refused to the newcomer', async () => {
    const server = await startOrigin(handle, { limits: { maxTailed: 1 } });
    const first = await MadeUpBroadcast.onAir(handle, { station });
    const second = await MadeUpBroadcast.onAir(handle, { station: `${station}-b` });
    expect((await server.get(first.path('64k', 'playlist.m3u8'))).status).toBe(200);
    const refused = await server.get(second.path('64k', 'playlist.m3u8'));
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5']);
    expect((await server.get(first.path('64k', 'playlist.m3u8'))).status).toBe(200);
    await server.close();
  });

  it('goes on after Redis was away, and what is in memory is answered meanwhile', async () => {
    const own = await startTestRedis();
    const ownHandle = own.handle();
    const server = await startOrigin(ownHandle);
    const broadcast = await MadeUpBroadcast.onAir(ownHandle, { station });
    const url = broadcast.path('64k', 'playlist.m3u8');
    await server.get(url);
    expect((await server.get(`/live/${station}/index.m3u8`)).status).toBe(200);
    await own.kill();
    expect((await server.get(url)).status).toBe(200);
    expect((await server.get(`/live/${station}/index.m3u8`)).status).toBe(200);
    const unread = await server.get('/live/other/index.m3u8');
    expect([unread.status, JSON.parse(unread.text).code]).toEqual([503, 'unavailable']);
    const held = server.get(`${url}?_HLS_msn=3&_HLS_part=0`);
    await own.restart();
    await until(() => ownHandle.commands.ping());
    await broadcast.publish();
    expect((await held).text).toContain('3.0.m4s');
    await server.close();
    await own.close();
  });
});
