import { SESSION_PATTERN } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import {
  mergeDeltaUpdate,
  parseMediaPlaylist,
  parseMultivariantPlaylist,
  renderMediaPlaylist,
} from '@awaz/transcoder/hls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MadeUpBroadcast } from './test/made-up-broadcast.ts';
import { isPending, type OriginServer, startOrigin } from './test/origin-server.ts';

let redis: TestRedis;
let handle: RedisHandle;
let server: OriginServer;
let stations = 0;
let station = '';

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});
afterAll(() => redis.close());
beforeEach(async () => {
  station = `station-${stations++}`;
  server = await startOrigin(handle);
});
afterEach(() => server.close());

describe('the multivariant playlist', () => {
  it('leads a listener to every rendition under a session of its own and is never cached', async () => {
    const { record } = await MadeUpBroadcast.onAir(handle, { station });
    const first = await server.get(`/live/${station}/index.m3u8`);
    const second = await server.get(`/live/${station}/index.m3u8`);
    expect(first.status).toBe(200);
    expect(first.headers).toMatchObject({
      'content-type': 'application/vnd.apple.mpegurl',
      'cache-control': 'no-store',
    });
    const { variants } = parseMultivariantPlaylist(first.text);
    const session = variants[0]?.uri.split('/')[0] ?? '';
    expect(session).toMatch(SESSION_PATTERN);
    expect(first.text.replaceAll(session, '~')).toBe(`#EXTM3U
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-STREAM-INF:BANDWIDTH=147467,AVERAGE-BANDWIDTH=134667,CODECS="mp4a.40.2"
~/${record.broadcastId}/128k/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=77067,AVERAGE-BANDWIDTH=70667,CODECS="mp4a.40.2"
~/${record.broadcastId}/64k/playlist.m3u8
#EXT-X-STREAM-INF:BANDWIDTH=288267,AVERAGE-BANDWIDTH=262667,CODECS="mp4a.40.2"
~/${record.broadcastId}/256k/playlist.m3u8
`);
    expect(second.text).not.toContain(session);
    for (const { uri } of variants) {
      const playlist = await server.get(`/live/${station}/${uri}`);
      expect(playlist.status).toBe(200);
    }
  });

  it('continues the session that a page names and replaces a malformed one', async () => {
    await MadeUpBroadcast.onAir(handle, { station });
    const session = '~abcdefghijklmnopqrstu_';
    const continued = await server.get(`/live/${station}/index.m3u8?session=${session}`);
    expect(continued.text.split(session)).toHaveLength(4);
    const replaced = await server.get(`/live/${station}/index.m3u8?session=${session}x`);
    expect(replaced.status).toBe(200);
    expect(replaced.text).not.toContain(session);
  });

  it('tells the bit rates that were sent once there is enough to measure', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    await broadcast.publishSegments(5);
    const { text } = await server.get(`/live/${station}/index.m3u8`);
    const measured = parseMultivariantPlaylist(text).variants.find((variant) => variant.uri.includes('/64k/'));
    expect(measured).toMatchObject({ averageBandwidth: 64_000, bandwidth: 77_067 });
  });

  it('of a station that has nothing on air is 404 with a time to come back', async () => {
    const offAir = await server.get('/live/nobody/index.m3u8');
    expect(offAir.status).toBe(404);
    expect(offAir.headers).toMatchObject({ 'retry-after': '2', 'cache-control': 'no-store' });
    expect(JSON.parse(offAir.text)).toMatchObject({ status: 404, code: 'off_air' });
  });

  it('of a station that does not exist says so', async () => {
    const strict = await startOrigin(handle, { stationExists: async (slug) => slug === 'known' });
    expect(JSON.parse((await strict.get('/live/unknown/index.m3u8')).text).code).toBe('unknown_station');
    expect(JSON.parse((await strict.get('/live/known/index.m3u8')).text).code).toBe('off_air');
    await strict.close();
  });

  it('is held while the broadcast begins and answered with its first segment', async () => {
    const broadcast = await MadeUpBroadcast.open(handle, { station });
    const index = server.get(`/live/${station}/index.m3u8`);
    expect(await isPending(index)).toBe(true);
    await broadcast.writeFacts();
    await broadcast.publish(9);
    expect(await isPending(index)).toBe(true);
    await broadcast.publish(1);
    expect((await index).status).toBe(200);
  });

  it('is 404 with a time to come back when the broadcast does not begin in time', async () => {
    const impatient = await startOrigin(handle, { limits: { maxHoldMs: 50 } });
    await MadeUpBroadcast.open(handle, { station });
    const answer = await impatient.get(`/live/${station}/index.m3u8`);
    expect(answer.status).toBe(404);
    expect(answer.headers['retry-after']).toBe('1');
    await impatient.close();
  });
});

describe('a media playlist', () => {
  it('is exactly this while the fourth segment is being made', async () => {
    const startedAt = Date.UTC(2026, 0, 2);
    const broadcast = await MadeUpBroadcast.onAir(handle, { station, startedAt, parts: 2 });
    const { text } = await server.get(broadcast.path('128k', 'playlist.m3u8'));
    const parts = (msn: number, count: number) =>
      Array.from(
        { length: count },
        (_, i) => `#EXT-X-PART:DURATION=0.192,URI="${msn}.${i}.m4s",INDEPENDENT=YES\n`,
      ).join('');
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,CAN-SKIP-DATERANGES=YES,HOLD-BACK=6,PART-HOLD-BACK=0.576
#EXT-X-PART-INF:PART-TARGET=0.192
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T00:00:00.000Z
#EXTINF:1.92,
0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T00:00:01.920Z
${parts(1, 10)}#EXTINF:1.92,
1.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T00:00:03.840Z
${parts(2, 10)}#EXTINF:1.92,
2.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-02T00:00:05.760Z
${parts(3, 2)}#EXT-X-PRELOAD-HINT:TYPE=PART,URI="3.2.m4s"
#EXT-X-RENDITION-REPORT:URI="../64k/playlist.m3u8",LAST-MSN=3,LAST-PART=1
#EXT-X-RENDITION-REPORT:URI="../256k/playlist.m3u8",LAST-MSN=3,LAST-PART=1
`);
  });

  it('lists parts of 107 ms with durations that do not exceed their target', async () => {
    const cut = { framesPerPart: 5, framesPerSegment: 90 };
    const broadcast = await MadeUpBroadcast.onAir(handle, { station, cut, parts: 1 });
    const { text } = await server.get(broadcast.path('64k', 'playlist.m3u8'));
    expect(text).toContain('PART-TARGET=0.10667\n');
    expect(text).toContain('PART-HOLD-BACK=0.32001\n');
    expect(text).toContain('#EXT-X-PART:DURATION=0.10667,URI="3.0.m4s",INDEPENDENT=YES\n');
  });

  it('slides: a minute of segments, with numbers that go on', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    await broadcast.publishSegments(40);
    const playlist = parseMediaPlaylist((await server.get(broadcast.path('64k', 'playlist.m3u8'))).text);
    expect(playlist.segments).toHaveLength(31);
    expect(playlist.mediaSequence).toBe(12);
    expect(playlist.segments[0]?.uri).toBe('12.m4s');
    expect(playlist.preloadHint?.uri).toBe('43.0.m4s');
  });

  it('comes as a delta update on request, from which the full one can be made', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    await broadcast.publishSegments(30);
    const url = broadcast.path('64k', 'playlist.m3u8');
    const before = parseMediaPlaylist((await server.get(url)).text);
    await broadcast.publish(3);
    const { msn, index } = broadcast.last ?? { msn: 0, index: 0 };
    const edge = `_HLS_msn=${msn}&_HLS_part=${index}`;
    const full = await server.get(`${url}?${edge}`);
    for (const skip of ['YES', 'v2']) {
      const delta = await server.get(`${url}?${edge}&_HLS_skip=${skip}`);
      expect(delta.text).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=24');
      expect(renderMediaPlaylist(mergeDeltaUpdate(parseMediaPlaylist(delta.text), before))).toBe(full.text);
    }
  });

  it('is found with and without the session in its path, even with an encoded tilde', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    const bare = broadcast.path('64k', 'playlist.m3u8');
    const { text } = await server.get(bare);
    for (const session of ['~abcdefghijklmnopqrstu_', '%7Eabcdefghijklmnopqrstu_']) {
      const answer = await server.get(bare.replace(`/${station}/`, `/${station}/${session}/`));
      expect(answer.text).toBe(text);
    }
  });

  it('comes compressed to those who take gzip, and says that it varies', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    const url = broadcast.path('64k', 'playlist.m3u8');
    const plain = await server.get(url);
    expect(plain.headers).toMatchObject({ vary: 'Accept-Encoding', 'content-type': 'application/vnd.apple.mpegurl' });
    expect(plain.headers['content-encoding']).toBeUndefined();
    const zipped = await server.get(url, { headers: { 'Accept-Encoding': 'deflate, gzip;q=0.8' } });
    expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(Number(zipped.headers['content-length'])).toBeLessThan(plain.body.length / 3);
    expect(zipped.text).toBe(plain.text);
    const refused = await server.get(url, { headers: { 'Accept-Encoding': 'gzip;q=0, identity' } });
    expect(refused.headers['content-encoding']).toBeUndefined();
  });

  it('of an unknown broadcast or rendition is 404', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    for (const path of [
      broadcast.path('96k', 'playlist.m3u8'),
      `/live/${station}/b0123456789abcdef/64k/playlist.m3u8`,
      `/live/nobody/${broadcast.record.broadcastId}/64k/playlist.m3u8`,
    ]) {
      const answer = await server.get(path);
      expect([path, answer.status, answer.headers['content-type']]).toEqual([path, 404, 'application/problem+json']);
    }
  });
});
