import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MadeUpBroadcast, madeUpBytes } from './test/made-up-broadcast.ts';
import { type OriginServer, startOrigin } from './test/origin-server.ts';

let redis: TestRedis;
let handle: RedisHandle;
let server: OriginServer;
let broadcast: MadeUpBroadcast;
const RUNG = { name: '128k', kbps: 128 };

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  server = await startOrigin(handle);
  broadcast = await MadeUpBroadcast.onAir(handle, { station: 'media', parts: 2 });
});
afterAll(async () => {
  await server.close();
  await redis.close();
});

const path = (file: string) => broadcast.path(RUNG.name, file);

describe('media', () => {
  it('of a segment is that of its parts, one after the other', async () => {
    const segment = await server.get(path('1.m4s'));
    const parts = await Promise.all(Array.from({ length: 10 }, (_, index) => server.get(path(`1.${index}.m4s`))));
    expect(segment.status).toBe(200);
    expect(segment.body.equals(Buffer.concat(parts.map((part) => part.body)))).toBe(true);
    expect(segment.body.subarray(0, 3072).equals(madeUpBytes(RUNG, 1, 0))).toBe(true);
    expect(segment.headers).toMatchObject({
      'content-type': 'audio/mp4',
      'cache-control': 'public, max-age=60, immutable',
      'accept-ranges': 'bytes',
    });
  });

  it('has an init section for each rendition', async () => {
    expect((await server.get(path('init.mp4'))).text).toBe('init 128k');
    expect((await server.get(broadcast.path('64k', 'init.mp4'))).text).toBe('init 64k');
  });

  it('stays for a minute after it left the playlist, parts too, then goes', async () => {
    const long = await MadeUpBroadcast.onAir(handle, { station: 'long' });
    await long.publishSegments(28);
    await server.get(long.path('64k', 'playlist.m3u8'));
    await long.publishSegments(33);
    const playlist = await server.get(`${long.path('64k', 'playlist.m3u8')}?_HLS_msn=63`);
    expect(playlist.text).toContain('#EXT-X-MEDIA-SEQUENCE:33\n');
    expect((await server.get(long.path('64k', '0.m4s'))).status).toBe(200);
    expect((await server.get(long.path('64k', '32.9.m4s'))).status).toBe(200);
    await long.publishSegments(3);
    await server.get(`${long.path('64k', 'playlist.m3u8')}?_HLS_msn=66`);
    expect((await server.get(long.path('64k', '0.m4s'))).status).toBe(404);
    expect((await server.get(long.path('64k', '2.m4s'))).status).toBe(200);
  });

  it('can be read in ranges', async () => {
    const whole = (await server.get(path('2.3.m4s'))).body;
    const range = async (value: string, extra: Record<string, string> = {}) => {
      const { status, headers, body } = await server.get(path('2.3.m4s'), { headers: { Range: value, ...extra } });
      return { status, place: headers['content-range'], body };
    };
    expect(await range('bytes=10-19')).toEqual({
      status: 206,
      place: 'bytes 10-19/3072',
      body: whole.subarray(10, 20),
    });
    expect(await range('bytes=3000-9007199254740991')).toMatchObject({ status: 206, place: 'bytes 3000-3071/3072' });
    expect(await range('bytes=-5')).toEqual({ status: 206, place: 'bytes 3067-3071/3072', body: whole.subarray(-5) });
    expect(await range('bytes=3072-')).toMatchObject({ status: 416, place: 'bytes */3072' });
    for (const unclear of ['bytes=0-1,5-6', 'bytes=9-2', 'lines=1-2', 'bytes=-', 'bytes=a-b']) {
      expect(await range(unclear)).toEqual({ status: 200, place: undefined, body: whole });
    }
    expect(await range('bytes=0-1', { 'If-Range': '"x"' })).toMatchObject({ status: 200 });
  });

  it('has a head without a body', async () => {
    const { status, headers, body } = await server.get(path('2.3.m4s'), { method: 'HEAD' });
    expect([status, headers['content-length'], body.length]).toEqual([200, '3072', 0]);
    const playlist = await server.get(path('playlist.m3u8'), { method: 'HEAD' });
    expect(playlist.headers['content-type']).toBe('application/vnd.apple.mpegurl');
    expect(playlist.body).toHaveLength(0);
  });
});

describe('pages of any site', () => {
  const paths = () => ['/live/media/index.m3u8', path('playlist.m3u8'), path('1.0.m4s'), path('no.m4s'), '/live/none'];

  it('may read every answer, errors too, and its age', async () => {
    for (const asked of paths()) {
      const { headers } = await server.get(asked);
      expect([asked, headers['access-control-allow-origin'], headers.date === undefined]).toEqual([asked, '*', false]);
      expect(headers['access-control-expose-headers']).toContain('Age, Date');
    }
  });

  it('may ask with a range, and learn so from a preflight', async () => {
    const preflight = await server.get(path('1.0.m4s'), {
      method: 'OPTIONS',
      headers: { Origin: 'https://example.org', 'Access-Control-Request-Headers': 'range' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toContain('GET');
    expect(preflight.headers['access-control-allow-headers']).toContain('Range');
    expect(preflight.headers['content-length']).toBeUndefined();
  });

  it('may not write', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const { status, headers } = await server.get(path('1.0.m4s'), { method });
      expect([status, headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    }
  });

  it('are never sent elsewhere', async () => {
    for (const asked of paths()) expect(Math.floor((await server.get(asked)).status / 100)).not.toBe(3);
  });
});
