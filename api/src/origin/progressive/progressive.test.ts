import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MadeUpBroadcast } from '../test/made-up-broadcast.ts';
import { type OriginServer, startOrigin } from '../test/origin-server.ts';
import { encodeParts, fragmentOf, pcmOf, type RealRendition } from '../test/real-parts.ts';
import { openStream, type StreamAsk, type StreamClient } from '../test/stream-client.ts';
import { adtsFrameStart, adtsOfPart } from './adts-frames.ts';
import { ICY_METAINT } from './icy-metadata.ts';

/** Parts that a listener gets at once: 1.536 s. */
const BURST_PARTS = 8;

let redis: TestRedis;
let handle: RedisHandle;
let server: OriginServer;
let real: RealRendition;
let stations = 0;
let station = '';
const clients: StreamClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  real = await encodeParts(128, 10);
});
afterAll(() => redis.close());
beforeEach(async () => {
  station = `stream-${stations++}`;
  server = await startOrigin(handle, {
    limits: { encoderLingerMs: 50 },
    stationTitle: async () => 'Caf\u00e9 radio',
  });
});
afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy();
  await server.close();
});

function listen(path: string, ask?: StreamAsk): StreamClient {
  const client = openStream(server.port, `/live/${station}/${path}`, ask);
  clients.push(client);
  return client;
}

const onAir = (parts: number) =>
  MadeUpBroadcast.onAir(handle, {
    station,
    parts,
    ladder: [
      { name: '64k', kbps: 64 },
      { name: '128k', kbps: 128 },
    ],
    init: () => real.init,
    payload: (_, part) => real.parts[part % real.parts.length] ?? Buffer.alloc(0),
  });

const adts = (from: number, to: number) =>
  Buffer.concat(real.parts.slice(from, to).map((part) => adtsOfPart(part) ?? Buffer.alloc(0)));

const listeners = async () => Number(/awaz_origin_stream_listeners (\d+)/.exec(await server.metrics())?.[1]);

describe('stream.aac', () => {
  it('has the same sound as the parts, sample by sample, from a part boundary on', async () => {
    const broadcast = await onAir(5);
    const client = listen('stream.aac');
    const head = await client.head();
    expect(head).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(head).toContain('Content-Type: audio/aac\r\n');
    expect(head).toContain('Cache-Control: no-store\r\n');
    expect(head).toContain('Access-Control-Allow-Origin: *\r\n');
    expect(head).toContain(`icy-name: ${Buffer.from('Caf\u00e9 radio').toString('latin1')}\r\n`);
    expect(head).toContain('icy-br: 128\r\n');
    expect(head).toContain('Connection: close');
    expect(head).not.toMatch(/^(transfer-encoding|content-length|icy-metaint)/im);
    const burst = adts(35 - BURST_PARTS, 35);
    expect((await client.received(burst.length)).equals(burst)).toBe(true);
    await broadcast.publish(5);
    const stream = await client.received(adts(35 - BURST_PARTS, 40).length);
    expect(stream.equals(adts(35 - BURST_PARTS, 40))).toBe(true);

    const paths = Array.from({ length: 13 }, (_, n) => 35 - BURST_PARTS + n).map((part) =>
      broadcast.path('128k', `${Math.floor(part / 10)}.${part % 10}.m4s`),
    );
    const files = await Promise.all([broadcast.path('128k', 'init.mp4'), ...paths].map((path) => server.get(path)));
    const [progressive, fragmented] = await Promise.all([
      pcmOf('aac', stream),
      pcmOf('mov', Buffer.concat(files.map(({ body }) => body))),
    ]);
    expect(progressive).toHaveLength(13 * 9 * 1024 * 2);
    expect(progressive).toEqual(fragmented);
  });

  it('ends with the broadcast, and is 404 with a time to come back from then on', async () => {
    const broadcast = await onAir(0);
    const client = listen('stream.aac');
    await client.head();
    await broadcast.publish(2);
    await broadcast.end();
    expect((await client.ended).equals(adts(30 - BURST_PARTS, 32))).toBe(true);
    const after = await server.get(`/live/${station}/stream.aac`);
    expect(after.status).toBe(404);
    expect(after.headers['retry-after']).toBe('2');
    expect((await server.get('/live/nobody/stream.mp3')).headers['retry-after']).toBe('2');
    expect(await listeners()).toBe(0);
  });

  it('waits for the first segment of a broadcast that has begun', async () => {
    const broadcast = await MadeUpBroadcast.open(handle, {
      station,
      payload: (_, part) => real.parts[part] ?? Buffer.alloc(0),
    });
    await broadcast.writeFacts();
    await broadcast.publish(2);
    const client = listen('stream.aac');
    await until(async () => (await server.metrics()).includes('awaz_origin_held_requests 1'));
    await broadcast.publish(8);
    expect((await client.received(adts(2, 10).length)).equals(adts(2, 10))).toBe(true);
  });

  it('answers HEAD without a body, HTTP/1.0 clients, and preflights that ask for ICY', async () => {
    await onAir(0);
    const head = await server.get(`/live/${station}/stream.aac?kbps=70`, {
      method: 'HEAD',
      headers: { 'icy-metadata': '1' },
    });
    expect(head.headers).toMatchObject({ 'content-type': 'audio/aac', 'icy-br': '64', 'icy-metaint': '16000' });
    expect(await listeners()).toBe(0);
    const old = listen('stream.aac', { version: '1.0' });
    await old.received(adts(22, 30).length);
    expect(await old.head()).toContain('icy-br: 128');
    const preflight = await server.get(`/live/${station}/stream.aac`, { method: 'OPTIONS' });
    expect(preflight.headers['access-control-allow-headers']).toContain('Icy-MetaData');
  });

  it('has metadata between the audio for those who ask, with the title that is audible', async () => {
    const broadcast = await onAir(0);
    const client = listen('stream.aac', { lines: ['Icy-MetaData: 1'] });
    expect(await client.head()).toContain(`icy-metaint: ${ICY_METAINT}\r\n`);
    await client.received(adts(22, 30).length);
    broadcast.title('Second song', broadcast.record.startedAt + 30 * 192);
    await broadcast.publish(10);
    await broadcast.end();
    const woven = await client.ended;
    expect(metadataOf(woven)).toEqual({
      audio: adts(22, 40),
      titles: ["StreamTitle='Caf\u00e9 radio';", "StreamTitle='Second song';"],
    });
  });

  it('tells a title in the first block after the sample at which it begins, and not before', async () => {
    const broadcast = await onAir(0);
    const client = listen('stream.aac?kbps=128', { lines: ['Icy-MetaData: 1'] });
    await client.received(adts(22, 30).length);
    // Frame 5 of part 40.
    broadcast.title('Exact', broadcast.record.startedAt + 40 * 192 + 5 * (64 / 3));
    await broadcast.publish(40);
    await broadcast.end();
    const before = adts(22, 40).length + adtsFrameStart(adts(40, 41), 5);
    const blocks = blocksOf(await client.ended);
    const firstAfter = Math.ceil(before / ICY_METAINT);
    expect(blocks.findIndex((block) => block.includes('Exact'))).toBe(firstAfter - 1);
    expect(blocks.filter((block) => block !== '')).toEqual(["StreamTitle='Caf\u00e9 radio';", "StreamTitle='Exact';"]);
  });

  it('gives a newcomer each title of the burst with its own sound', async () => {
    const broadcast = await onAir(0);
    broadcast.title('Newest', broadcast.record.startedAt + 37 * 192);
    await broadcast.publish(10);
    const client = listen('stream.aac?kbps=128', { lines: ['Icy-MetaData: 1'] });
    await client.head();
    await broadcast.publish(1);
    await broadcast.end();
    const blocks = blocksOf(await client.ended);
    const firstAfter = Math.ceil(adts(32, 37).length / ICY_METAINT);
    expect(blocks.findIndex((block) => block.includes('Newest'))).toBe(firstAfter - 1);
  });

  it('drops a listener who does not read, and nobody else', async () => {
    const frame = Buffer.alloc(8000, 1);
    const part = fragmentOf(Array.from({ length: 9 }, () => frame));
    const broadcast = await MadeUpBroadcast.onAir(handle, {
      station,
      ladder: [{ name: '64k', kbps: 64 }],
      payload: () => part,
    });
    const slow = listen('stream.aac');
    slow.socket.pause();
    const quick = listen('stream.aac');
    await until(async () => (await listeners()) === 2);
    const partBytes = adtsOfPart(part)?.length ?? 0;
    let published = BURST_PARTS;
    while ((await listeners()) === 2) {
      expect(published).toBeLessThan(400);
      await broadcast.publish(5);
      published += 5;
      await quick.received(published * partBytes);
    }
    expect(await server.metrics()).toContain('awaz_origin_dropped_listeners_total 1');
    await broadcast.publish(1);
    await quick.received((published + 1) * partBytes);
    expect(await listeners()).toBe(1);
    slow.socket.resume();
    await slow.ended;
  });

  it('ends for all when the server goes down', async () => {
    await onAir(0);
    const [first, second] = [listen('stream.aac'), listen('stream.aac?kbps=64')];
    await Promise.all([first.head(), second.head()]);
    await server.origin.close();
    await Promise.all([first.ended, second.ended]);
  });
});

describe('stream.mp3', () => {
  const encoders = async () => Number(/awaz_origin_mp3_encoders (\d+)/.exec(await server.metrics())?.[1]);

  it('comes from one encoder for all listeners, which goes some time after the last of them', async () => {
    const broadcast = await onAir(0);
    const first = listen('stream.mp3');
    const second = listen('stream.mp3');
    expect(await first.head()).toContain('Content-Type: audio/mpeg');
    await broadcast.publish(10);
    await Promise.all([first.received(16_000), second.received(16_000)]);
    expect(await encoders()).toBe(1);
    const pcm = await pcmOf('mp3', first.body());
    expect(pcm.length).toBeGreaterThan(48_000);
    expect(Math.max(...pcm.subarray(0, 48_000))).toBeGreaterThan(0.05);
    first.socket.destroy();
    second.socket.destroy();
    await until(async () => (await encoders()) === 0);
  });

  it('gives out all that was said before the broadcast ended', async () => {
    const broadcast = await onAir(0);
    const client = listen('stream.mp3');
    await client.received(1);
    await broadcast.publish(10);
    await broadcast.end();
    const pcm = await pcmOf('mp3', await client.ended);
    const samples = 18 * 9 * 1024;
    expect(pcm.length / 2).toBeGreaterThan(samples - 2 * 1152);
    expect(pcm.length / 2).toBeLessThan(samples + 4 * 1152);
    await until(async () => (await encoders()) === 0);
  });
});

/** Every metadata block, the empty ones too. */
function blocksOf(woven: Buffer): string[] {
  const blocks: string[] = [];
  for (let at = ICY_METAINT; at < woven.length; at += ICY_METAINT) {
    const length = (woven[at] ?? 0) * 16;
    blocks.push(woven.toString('utf8', at + 1, at + 1 + length).replace(/\0+$/, ''));
    at += 1 + length;
  }
  return blocks;
}

function metadataOf(woven: Buffer): { audio: Buffer; titles: string[] } {
  const audio: Buffer[] = [];
  const titles: string[] = [];
  for (let at = 0; at < woven.length; ) {
    audio.push(woven.subarray(at, at + ICY_METAINT));
    at += ICY_METAINT;
    const length = at < woven.length ? (woven[at] ?? 0) * 16 : 0;
    if (length > 0) titles.push(woven.toString('utf8', at + 1, at + 1 + length).replace(/\0+$/, ''));
    at += 1 + length;
  }
  return { audio: Buffer.concat(audio), titles };
}
