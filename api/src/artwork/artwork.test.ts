import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import sharp from 'sharp';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { cleanPicture } from './picture.ts';

let redis: TestRedis;
let nodes: [ApiNode, ApiNode];
let owner: ApiClient;

beforeAll(async () => {
  redis = await startTestRedis();
  const secret = { JWT_SECRET: 'a secret that both nodes know, long enough' };
  nodes = [await startApiNode(redis, secret), await startApiNode(redis, secret)];
  owner = new ApiClient(nodes[0].origin);
  await owner.register('painter');
  await owner.post('/stations', { slug: 'painted' });
}, 60_000);
afterAll(async () => {
  for (const node of nodes) await node.close();
  await redis.close();
});

const picture = (width: number, height: number, background = 'teal') =>
  sharp({ create: { width, height, channels: 3, background } });

async function put(body: Buffer, type = 'image/png', slug = 'painted') {
  const headers = { Authorization: `Bearer ${owner.token}`, 'Content-Type': type };
  const url = `${nodes[0].origin}/api/v1/stations/${slug}/artwork`;
  const answer = await fetch(url, { method: 'PUT', headers, body: new Uint8Array(body) });
  return { status: answer.status, body: (await answer.json()) as { artwork: string; code?: string } };
}

describe('the picture of a station', () => {
  it('is made anew as a small WebP without what came along, and served by all nodes at an address of its own', async () => {
    const original = await picture(3000, 1500)
      .jpeg()
      .withExif({ IFD0: { Artist: 'Somebody secret' } })
      .toBuffer();
    const { status, body } = await put(original, 'image/jpeg');
    expect([status, body.artwork]).toEqual([200, expect.stringMatching(/^\/artwork\/painted\/[0-9a-f]{32}\.webp$/)]);
    for (const node of nodes) {
      const served = await fetch(node.origin + body.artwork);
      const bytes = Buffer.from(await served.arrayBuffer());
      expect(served.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(served.headers.get('content-type')).toBe('image/webp');
      expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 1000, height: 500 });
      expect(bytes.includes('Somebody secret')).toBe(false);
    }
    expect((await owner.ask('/stations/painted')).body.artwork).toBe(body.artwork);
    expect((await owner.ask('/me/stations')).body.stations[0].artwork).toBe(body.artwork);
  });

  it('has another address when it changes, and can be taken away', async () => {
    const first = (await put(await picture(100, 100, 'red').png().toBuffer())).body.artwork;
    const second = (await put(await picture(100, 100, 'blue').webp().toBuffer(), 'image/webp')).body.artwork;
    const third = (await put(await picture(100, 100, 'green').png().toBuffer())).body.artwork;
    const statuses = [first, second, third].map(async (path) => (await fetch(nodes[1].origin + path)).status);
    expect(await Promise.all(statuses)).toEqual([404, 200, 200]);
    expect((await owner.ask('/stations/painted/artwork', { method: 'DELETE' })).status).toBe(204);
    expect((await owner.ask('/me/stations')).body.stations[0].artwork).toBeNull();
  });

  it('of a private station is not left in caches that others use', async () => {
    await owner.post('/stations', { slug: 'closed', public: false });
    const { artwork } = (await put(await picture(80, 80).png().toBuffer(), 'image/png', 'closed')).body;
    const served = await fetch(nodes[0].origin + artwork);
    expect(served.headers.get('cache-control')).toMatch(/^private/);
  });

  it('is refused when it is no picture, too small or too large', async () => {
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="100" height="100"/>');
    const cases: [Buffer, string, string][] = [
      [svg, 'image/svg+xml', 'unsupported_media_type'],
      [svg, 'image/png', 'unsupported_media_type'],
      [Buffer.alloc(0), 'image/png', 'unsupported_media_type'],
      [await picture(10, 500).png().toBuffer(), 'image/png', 'bad_request'],
      [await picture(7000, 7000).png().toBuffer(), 'image/png', 'bad_request'],
      [(await picture(200, 200).png().toBuffer()).subarray(0, 200), 'image/png', 'bad_request'],
      [Buffer.alloc(2 * 1024 * 1024 + 1), 'image/png', 'payload_too_large'],
    ];
    for (const [body, type, code] of cases) expect([code, (await put(body, type)).body.code]).toEqual([code, code]);
    for (const path of ['/artwork/painted/x.webp', '/artwork/nowhere/00000000000000000000000000000000.webp']) {
      expect((await fetch(nodes[0].origin + path)).status).toBe(404);
    }
  });
});

describe('cleanPicture', () => {
  it('gives a picture or a clear refusal, whatever the bytes are', async () => {
    const good = await picture(90, 70).png().toBuffer();
    const broken = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 });
    const property = fc.asyncProperty(broken, async (changes) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      const outcome = await cleanPicture(bytes).catch((error: { code?: string }) => error.code);
      expect(Buffer.isBuffer(outcome) || ['bad_request', 'unsupported_media_type'].includes(String(outcome))).toBe(
        true,
      );
    });
    await fc.assert(property, { seed: 11, numRuns: 200 });
  });
});
