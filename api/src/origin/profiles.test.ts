import { PROFILES, type ProfileName } from '@awaz/infra/contract';
import type { PublishedPart } from '@awaz/infra/part-log';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { parseMediaPlaylist, renderMediaPlaylist } from '@awaz/transcoder/hls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BroadcastWindow } from './broadcast-window.ts';
import { MadeUpBroadcast, nextMadeUpPart } from './test/made-up-broadcast.ts';
import { isPending, type OriginServer, startOrigin } from './test/origin-server.ts';
import { mediaPlaylistOf } from './window-playlist.ts';

const LADDER = [
  { name: '64k', kbps: 64 },
  { name: '128k', kbps: 128 },
];

/** The playlist of the first rendition after so many seconds of a broadcast that began on 3 January 2026. */
function playlistAfter(profile: ProfileName, seconds: number): string {
  const { cut, lowLatency } = PROFILES[profile];
  const facts = { cut, ladder: LADDER, startedAt: Date.UTC(2026, 0, 3) };
  const meta = { station: 's', broadcastId: 'b', codec: 'mp4a.40.2', lowLatency, ...facts };
  const window = new BroadcastWindow({ meta, initSections: [] });
  for (let part: PublishedPart | undefined; (part?.publishedAt ?? 0) < facts.startedAt + seconds * 1000; ) {
    part = nextMadeUpPart(part, facts);
    window.append(part);
  }
  return renderMediaPlaylist(mediaPlaylistOf(window, 0));
}

describe('the playlist of a profile', () => {
  it('ultra has parts of five frames and is held back by three of them', () => {
    const text = playlistAfter('ultra', 6);
    expect(text).toContain('HOLD-BACK=6,PART-HOLD-BACK=0.32001\n#EXT-X-PART-INF:PART-TARGET=0.10667\n');
    expect(text).toContain('#EXT-X-PART:DURATION=0.10667,URI="2.17.m4s",INDEPENDENT=YES\n#EXTINF:1.92,\n2.m4s\n');
    expect(text).toContain('#EXT-X-PRELOAD-HINT:TYPE=PART,URI="3.3.m4s"\n');
  });

  it('fast has parts of nine frames', () => {
    const text = playlistAfter('fast', 6);
    expect(text).toContain('HOLD-BACK=6,PART-HOLD-BACK=0.576\n#EXT-X-PART-INF:PART-TARGET=0.192\n');
    expect(text).toContain('URI="2.9.m4s",INDEPENDENT=YES\n#EXTINF:1.92,\n2.m4s\n');
  });

  it('safe has two parts to a segment', () => {
    expect(playlistAfter('safe', 6.7)).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12,CAN-SKIP-DATERANGES=YES,HOLD-BACK=6,PART-HOLD-BACK=2.88
#EXT-X-PART-INF:PART-TARGET=0.96
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-03T00:00:00.000Z
#EXTINF:1.92,
0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-03T00:00:01.920Z
#EXT-X-PART:DURATION=0.96,URI="1.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.96,URI="1.1.m4s",INDEPENDENT=YES
#EXTINF:1.92,
1.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-03T00:00:03.840Z
#EXT-X-PART:DURATION=0.96,URI="2.0.m4s",INDEPENDENT=YES
#EXT-X-PART:DURATION=0.96,URI="2.1.m4s",INDEPENDENT=YES
#EXTINF:1.92,
2.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-03T00:00:05.760Z
#EXT-X-PART:DURATION=0.96,URI="3.0.m4s",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI="3.1.m4s"
#EXT-X-RENDITION-REPORT:URI="../128k/playlist.m3u8",LAST-MSN=3,LAST-PART=0
`);
  });

  it('classic lists whole segments only and does not change while one is growing', () => {
    const text = playlistAfter('classic', 4);
    expect(text).toBe(`#EXTM3U
#EXT-X-VERSION:6
#EXT-X-TARGETDURATION:2
#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=6
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXT-X-PROGRAM-DATE-TIME:2026-01-03T00:00:00.000Z
#EXTINF:1.92,
0.m4s
#EXT-X-PROGRAM-DATE-TIME:2026-01-03T00:00:01.920Z
#EXTINF:1.92,
1.m4s
`);
    expect(playlistAfter('classic', 5.5)).toBe(text);
    expect(playlistAfter('classic', 5.76)).not.toBe(text);
  });
});

describe('a classic broadcast', () => {
  let redis: TestRedis;
  let handle: RedisHandle;
  let server: OriginServer;
  let broadcast: MadeUpBroadcast;
  let url: string;
  let stations = 0;

  beforeAll(async () => {
    redis = await startTestRedis();
    handle = redis.handle();
    server = await startOrigin(handle);
  });
  afterAll(async () => {
    await server.close();
    await redis.close();
  });
  beforeEach(async () => {
    broadcast = await MadeUpBroadcast.onAir(handle, {
      station: `old-${stations++}`,
      ...PROFILES.classic,
      parts: 2,
    });
    url = broadcast.path('64k', 'playlist.m3u8');
  });

  it('holds a request for a segment, or any part of it, until the segment is whole', async () => {
    const held = ['_HLS_msn=3', '_HLS_msn=3&_HLS_part=0', '_HLS_msn=3&_HLS_part=4'].map((query) =>
      server.get(`${url}?${query}`),
    );
    await broadcast.publish(7);
    expect(await isPending(Promise.race(held))).toBe(true);
    await broadcast.publish(1);
    for (const { status, text } of await Promise.all(held)) {
      expect(status).toBe(200);
      expect(parseMediaPlaylist(text).segments.at(-1)?.uri).toBe('3.m4s');
      expect(text).not.toContain('PART');
    }
  });

  it('refuses what is far ahead, hints at no part, and gives no delta updates', async () => {
    expect((await server.get(`${url}?_HLS_msn=9`)).status).toBe(400);
    expect((await server.get(broadcast.path('64k', '3.2.m4s'))).status).toBe(404);
    await broadcast.publishSegments(12);
    const full = await server.get(url);
    expect((await server.get(`${url}?_HLS_skip=YES`)).text).toBe(full.text);
    expect((await server.get(broadcast.path('64k', '3.m4s'))).status).toBe(200);
  });
});
