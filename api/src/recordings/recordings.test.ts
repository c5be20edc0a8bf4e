import { join } from 'node:path';
import { FolderArchive, RecordingIndex, recordingFiles } from '@awaz/infra/recordings';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';

const TOKEN = 'writer';

let redis: TestRedis;
let node: ApiNode;
let owner: ApiClient;

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startApiNode(redis);
  owner = new ApiClient(node.origin);
  await owner.register('keeper');
}, 60_000);
afterAll(async () => {
  await node.close();
  await redis.close();
});

/** A complete recording whose segments are `HEADn` and frames `0000`, `1111`, …. */
async function record(station: string, number = 1) {
  const index = new RecordingIndex(redis.handle());
  const archive = new FolderArchive(join(node.dataDir, 'archive'));
  const name = { station, broadcastId: `b${String(number).padStart(16, '0')}` };
  const files = recordingFiles(name);
  await index.open({ ...name, startedAt: 1_700_000_000_000 + number, kbps: 64, title: 'Evening' });
  await index.lease(name, TOKEN, 60_000);
  await archive.write(files.init, Buffer.from('INIT'));
  for (const i of [0, 1, 2]) await archive.write(files.segment(i), Buffer.from(`HEAD${i}${String(i).repeat(4)}`));
  const segment = { frames: 375, bytes: 9, headBytes: 5 };
  const segments = [0, 1, 2].map((i) => ({ ...segment, programDateTime: 1_700_000_000_000 + i * 8000 }));
  const titles = [{ show: null, host: null, track: { title: 'Song "A"', artist: 'B' }, at: 1_700_000_001_000 }];
  const place = { afterId: '9-1' };
  await index.append(name, TOKEN, { segmentsBefore: 0, segments, titles, silentFrames: 0, lostFrames: 0, place });
  await archive.write(files.head, Buffer.from('moov'));
  await index.complete(name, TOKEN, { headBytes: 4, endedAt: 1_700_000_024_000 });
  return { name, url: `${node.origin}/recordings/${station}/${name.broadcastId}` };
}

describe('recordings', () => {
  it('play as HLS with programme date-times and titles, and as one file of which ranges are served', async () => {
    await owner.post('/stations', { slug: 'open' });
    const { url } = await record('open');
    const playlist = await fetch(`${url}/index.m3u8`);
    expect(playlist.headers.get('access-control-allow-origin')).toBe('*');
    const text = await playlist.text();
    for (const line of [
      '#EXT-X-TARGETDURATION:9',
      '#EXT-X-PLAYLIST-TYPE:VOD',
      '#EXT-X-MAP:URI="init.mp4"',
      '#EXT-X-PROGRAM-DATE-TIME:2023-11-14T22:13:28.000Z\n#EXTINF:8,\n1.m4s',
      'X-ARTIST="B"',
    ]) {
      expect(text).toContain(line);
    }
    expect(text.endsWith('#EXT-X-ENDLIST\n')).toBe(true);
    expect(await (await fetch(`${url}/init.mp4`)).text()).toBe('INIT');
    expect(await (await fetch(`${url}/2.m4s`)).text()).toBe('HEAD22222');
    const file = await fetch(`${url}/audio.m4a`);
    expect([file.headers.get('content-length'), file.headers.get('accept-ranges')]).toEqual(['16', 'bytes']);
    expect(await file.text()).toBe('moov000011112222');
    const ranges = { 'bytes=2-5': 'ov00', 'bytes=7-': '011112222', 'bytes=-3': '222' };
    for (const [Range, wanted] of Object.entries(ranges)) {
      const part = await fetch(`${url}/audio.m4a`, { headers: { Range } });
      expect([part.status, await part.text()]).toEqual([206, wanted]);
    }
    expect((await fetch(`${url}/audio.m4a`, { headers: { Range: 'bytes=16-' } })).status).toBe(416);
    const etag = file.headers.get('etag') ?? '';
    expect(
      (await fetch(`${url}/audio.m4a`, { headers: { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' } })).status,
    ).toBe(304);
    const head = await fetch(`${url}/audio.m4a`, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, '16']);
    for (const none of ['3.m4s', 'head.mp4', 'x']) expect((await fetch(`${url}/${none}`)).status).toBe(404);
  });

  it('of private stations are for those who may listen', async () => {
    await owner.post('/stations', { slug: 'closed', public: false });
    const { url } = await record('closed');
    for (const file of ['index.m3u8', '0.m4s', 'audio.m4a']) expect((await fetch(`${url}/${file}`)).status).toBe(404);
    const query = `?token=${owner.token}`;
    const text = await (await fetch(`${url}/index.m3u8${query}`)).text();
    const [, uri] = /\n(0\.m4s.*)\n/.exec(text) ?? [];
    const segment = await fetch(`${url}/${uri}`);
    expect([await segment.text(), segment.headers.get('cache-control')]).toEqual([
      'HEAD00000',
      'private, max-age=86400',
    ]);
    expect((await new ApiClient(node.origin).ask('/stations/closed/recordings')).status).toBe(404);
  });

  it('are listed the newest first in pages, renamed and removed by their owner alone', async () => {
    await owner.post('/stations', { slug: 'many' });
    for (const number of [1, 2, 3]) await record('many', number);
    const guest = new ApiClient(node.origin);
    const first = (await guest.ask('/stations/many/recordings?limit=2')).body;
    const rest = (await guest.ask(`/stations/many/recordings?limit=2&cursor=${first.next}`)).body;
    const ids = [...first.items, ...rest.items].map(({ id }: { id: string }) => id.at(-1));
    expect([ids, rest.next]).toEqual([['3', '2', '1'], null]);
    const [recording] = first.items;
    expect(recording).toMatchObject({ title: 'Evening', seconds: 24, state: 'complete', bytes: 27 });
    const path = `/stations/many/recordings/${recording.id}`;
    expect((await guest.ask(path, { method: 'DELETE' })).status).toBe(401);
    const renamed = await owner.ask(path, { method: 'PATCH', body: { title: 'Night' } });
    expect([renamed.status, (await guest.ask(path)).body.title]).toEqual([200, 'Night']);
    expect((await owner.ask(path, { method: 'PATCH', body: { title: '' } })).status).toBe(400);
    expect((await owner.ask(path, { method: 'DELETE' })).status).toBe(204);
    expect((await guest.ask(path)).status).toBe(404);
    expect((await fetch(node.origin + recording.file)).status).toBe(404);
    const files = recordingFiles({ station: 'many', broadcastId: recording.id });
    await expect(new FolderArchive(join(node.dataDir, 'archive')).size(files.init)).rejects.toThrow('ENOENT');
  });
});
