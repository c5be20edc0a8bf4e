import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { TranscoderRoll } from '@awaz/infra/broadcasts';
import { type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { createLogger } from '@awaz/infra/runtime';
import { startTestRedis, type TempDir, type TestRedis, tempDir, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { type ApiConfig, readConfig } from './config.ts';
import { MadeUpBroadcast } from './origin/test/made-up-broadcast.ts';
import { get } from './origin/test/origin-server.ts';
import { type ApiServer, startServer } from './server.ts';

let redis: TestRedis;
let handle: RedisHandle;
let pages: TempDir;
let config: ApiConfig;
let server: ApiServer;
const logger = createLogger('api-test', 'silent');

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});
afterAll(() => redis.close());
beforeEach(async () => {
  pages = await tempDir();
  const place = { REDIS_URL: redis.url, PORT: '0', HOST: '127.0.0.1' };
  config = readConfig({ ...place, CORS_ORIGINS: 'https://friend.example', MAX_CPU_PERCENT: '100' });
  server = await startServer({ config, logger, pagesFolder: join(pages.path, 'built') });
});
afterEach(async () => {
  await server.close();
  await pages.close();
});

const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  get(server.port, path, { headers, method });

describe('health', () => {
  it('is alive while the process lives, and ready only when Redis answers and a transcoder lives', async () => {
    expect(JSON.parse((await ask('/healthz')).text)).toEqual({ status: 'alive' });
    const alone = await ask('/readyz');
    const without = { ready: false, redis: true, transcoders: 0, reasons: ['no_transcoder'], full: [] };
    expect([alone.status, JSON.parse(alone.text)]).toEqual([503, without]);
    const roll = new TranscoderRoll(handle);
    await roll.beat({ id: 't1', slots: 4, busy: 0 });
    const ready = await ask('/readyz');
    const withOne = { ready: true, redis: true, transcoders: 1, reasons: [], full: [] };
    expect([ready.status, JSON.parse(ready.text)]).toEqual([200, withOne]);
    await roll.leave('t1');
  });

  it('is not ready when Redis is away, and says so within two seconds', async () => {
    const own = await startTestRedis();
    const lonely = await startServer({ config: { ...config, redisUrl: own.url }, logger });
    await own.kill();
    const begun = performance.now();
    const { status, text } = await get(lonely.port, '/readyz');
    expect([status, JSON.parse(text).redis]).toEqual([503, false]);
    expect(performance.now() - begun).toBeLessThan(2000);
    const stations = await get(lonely.port, '/api/v1/stations');
    expect([stations.status, JSON.parse(stations.text).code]).toEqual([503, 'unavailable']);
    expect(stations.headers['retry-after']).toBe('2');
    expect((await get(lonely.port, '/healthz')).status).toBe(200);
    await lonely.close();
    await own.close();
  });

  it('shows metrics of process, origin and application', async () => {
    await ask('/live/nobody/index.m3u8');
    const { text, headers } = await ask('/metrics');
    expect(headers['content-type']).toContain('text/plain');
    for (const name of ['awaz_origin_requests_total{class="multivariant"', 'process_cpu_seconds_total', 'awaz_http_']) {
      expect(text).toContain(name);
    }
  });
});

describe('the application', () => {
  it('answers what is not there, or not allowed, as a problem', async () => {
    const missing = await ask('/api/v1/nothing');
    expect([missing.status, missing.headers['content-type'], JSON.parse(missing.text).code]).toEqual([
      404,
      'application/problem+json',
      'not_found',
    ]);
    const wrong = await ask('/api/v1/stations', {}, 'DELETE');
    expect([wrong.status, JSON.parse(wrong.text).code]).toEqual([405, 'method_not_allowed']);
    expect(wrong.headers.allow).toContain('GET');
    const broken = await ask('/api/v1/stations/%E0%A4%A');
    expect([broken.status, broken.headers['content-type']]).toEqual([404, 'application/problem+json']);
  });

  it('serves stations, and lets pages of the configured origins read them', async () => {
    const friend = await ask('/api/v1/stations', { Origin: 'https://friend.example' });
    expect([friend.status, JSON.parse(friend.text)]).toEqual([200, { stations: [], next: null }]);
    expect(friend.headers['access-control-allow-origin']).toBe('https://friend.example');
    const stranger = await ask('/api/v1/stations', { Origin: 'https://stranger.example' });
    expect(stranger.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('gives answers that load nothing and cannot be framed, and no word of what it is made of', async () => {
    for (const path of ['/api/v1/stations', '/api/v1/nothing', '/healthz']) {
      const { headers } = await ask(path);
      expect([path, headers]).toEqual([
        path,
        expect.objectContaining({
          'content-security-policy': "default-src 'none';frame-ancestors 'none'",
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'strict-origin-when-cross-origin',
        }),
      ]);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('strict-transport-security');
    }
  });

  it('tells an unknown station from one that is off air', async () => {
    expect(JSON.parse((await ask('/live/nobody/index.m3u8')).text).code).toBe('unknown_station');
  });
});

describe('two servers on one Redis', () => {
  it('tell the same listeners in the API and in their figures', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station: 'shared', parts: 3 });
    await handle.commands.hset(stationKeys('shared').station, { slug: 'shared', title: 'Shared', public: '1' });
    const other = await startServer({ config, logger });
    const { broadcastId } = broadcast.record;
    const path = (listener: number) => `/live/shared/~${String(listener).padStart(22, '0')}/${broadcastId}/64k/3.1.m4s`;
    const listen = () => {
      for (const [listener, { port }] of [other, other, server].entries()) {
        get(port, path(listener % 2)).catch(() => undefined);
      }
    };
    const timer = setInterval(listen, 500);
    const listeners = { count: 2, peak: 2, exact: true };
    for (const { port } of [server, other]) {
      await until(async () => {
        const { text } = await get(port, '/api/v1/stations/shared');
        expect(JSON.parse(text).listeners).toEqual(listeners);
        return true;
      });
      const { text } = await get(port, '/metrics');
      expect(text).toContain('awaz_station_listeners{station="shared",program="api"} 2');
    }
    clearInterval(timer);
    await other.close();
  });
});

describe('pages', () => {
  const build = async () => {
    const folder = join(pages.path, 'built');
    await mkdir(join(folder, 'assets'), { recursive: true });
    await writeFile(join(folder, 'index.html'), '<p>directory</p>');
    await writeFile(join(folder, 'listen.html'), '<p>listen</p>');
    await writeFile(join(folder, 'studio.html'), '<p>studio</p>');
    await writeFile(join(folder, 'assets', 'app-Ab12.js'), `console.log(1);${' '.repeat(5000)}`);
    await writeFile(join(folder, 'favicon.svg'), '<svg/>');
  };

  it('say that they are not built, until they are', async () => {
    const early = await ask('/');
    expect([early.status, early.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(early.text).toContain('npm start');
    await build();
    expect((await ask('/')).text).toBe('<p>directory</p>');
  });

  it('have their addresses, and are asked for anew each time', async () => {
    await build();
    for (const [path, text] of [
      ['/', 'directory'],
      ['/s/demo', 'listen'],
      ['/studio', 'studio'],
    ] as const) {
      const page = await ask(path);
      expect([path, page.text]).toEqual([path, `<p>${text}</p>`]);
      expect(page.headers).toMatchObject({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' });
      const again = await ask(path, { 'If-None-Match': page.headers.etag ?? '' });
      expect([again.status, again.text]).toEqual([304, '']);
    }
    expect((await ask('/listen.html')).status).toBe(404);
    expect((await ask('/embed/demo')).status).toBe(404);
  });

  it('may load their own files and run their own scripts, and only the embed page may be framed', async () => {
    await build();
    const script = '\n  window.early = true;\n';
    await writeFile(join(pages.path, 'built', 'listen.html'), `<p>listen</p><script>${script}</script>`);
    await writeFile(join(pages.path, 'built', 'embed.html'), '<p>embed</p>');
    const policy = async (path: string) => String((await ask(path)).headers['content-security-policy']);
    const hash = createHash('sha256').update(script).digest('base64');
    expect(await policy('/s/demo')).toContain(`script-src 'self' 'sha256-${hash}';`);
    expect(await policy('/s/demo')).toContain(`connect-src 'self' ws://127.0.0.1:${server.port} wss://`);
    expect(await policy('/studio')).toContain("script-src 'self';");
    expect(await policy('/studio')).toContain("frame-ancestors 'self'");
    expect(await policy('/embed/demo')).toContain('frame-ancestors *');
    const odd = await ask('/studio', { Host: "x; script-src 'unsafe-inline'" });
    expect(String(odd.headers['content-security-policy'])).not.toContain("script-src 'unsafe-inline'");
  });

  it('load files that never change under their name, compressed', async () => {
    await build();
    const script = await ask('/assets/app-Ab12.js', { 'Accept-Encoding': 'gzip' });
    expect(script.headers).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': 'text/javascript; charset=utf-8',
      'content-encoding': 'gzip',
    });
    expect(script.body).toHaveLength(5015);
    expect((await ask('/favicon.svg')).headers['cache-control']).toBe('no-cache');
    expect((await ask('/favicon.svg', {}, 'HEAD')).headers['content-length']).toBe('6');
  });

  it('give no way to other files', async () => {
    await build();
    await writeFile(join(pages.path, 'secret.txt'), 'secret');
    for (const path of [
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/assets/%2e%2e%2f%2e%2e%2fetc/passwd',
      '/assets/',
      '/assets',
    ]) {
      expect([path, (await ask(path)).status]).toEqual([path, 404]);
    }
  });
});

describe('upgrades', () => {
  it('to /ingest reach the ingest, which explains its refusal', async () => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ingest/nobody?key=x&type=audio/aac`);
    const message = await new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
    expect(JSON.parse(message)).toMatchObject({ type: 'error', code: 'unknown_station' });
    await new Promise((resolve) => socket.once('close', resolve));
  });

  it('to /socket.io are served, by websocket only', async () => {
    const client = io(`http://127.0.0.1:${server.port}/studio`, { transports: ['websocket'], reconnection: false });
    await new Promise<void>((resolve, reject) => client.once('connect', resolve).once('connect_error', reject));
    client.disconnect();
    const polling = await ask('/socket.io/?EIO=4&transport=polling');
    expect([polling.status, JSON.parse(polling.text).message]).toEqual([400, 'Transport unknown']);
  });

  it('to /socket.io from pages of other sites are refused in words, save for configured ones', async () => {
    const connect = async (namespace: string, origin?: string) => {
      const client = io(`http://127.0.0.1:${server.port}${namespace}`, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        ...(origin === undefined ? {} : { extraHeaders: { Origin: origin } }),
      });
      const told = await new Promise((resolve) =>
        client.once('connect', () => resolve('connected')).once('connect_error', (error) => resolve(error)),
      );
      client.disconnect();
      return told;
    };
    for (const namespace of ['/', '/studio']) {
      const refusal = { data: { code: 'forbidden', message: expect.stringContaining('CORS_ORIGINS') } };
      expect(await connect(namespace, 'https://stranger.example')).toMatchObject(refusal);
      expect(await connect(namespace, 'https://friend.example')).toBe('connected');
      expect(await connect(namespace, `http://127.0.0.1:${server.port}`)).toBe('connected');
      expect(await connect(namespace)).toBe('connected');
    }
  });

  it('to another protocol than WebSocket are not taken; the request is answered', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station: 'upgrades' });
    const h2c = { Connection: 'Upgrade, HTTP2-Settings', Upgrade: 'h2c', 'HTTP2-Settings': 'AAMAAABk' };
    for (const path of [broadcast.path('64k', '2.m4s'), broadcast.path('64k', 'playlist.m3u8'), '/healthz']) {
      const { status, headers, body } = await ask(path, h2c);
      expect([path, status, headers.connection]).toEqual([path, 200, 'close']);
      expect(body).toHaveLength(Number(headers['content-length']));
    }
  });

  it('to anything else are refused', async () => {
    for (const path of ['/', '/live/demo', '/ingestion/x', '/socket.iox']) {
      const answer = await new Promise<number>((resolve, reject) => {
        const headers = { Connection: 'Upgrade', Upgrade: 'websocket' };
        const asked = request({ port: server.port, path, headers, host: '127.0.0.1', agent: false });
        asked
          .on('response', (res) => resolve(res.resume().statusCode ?? 0))
          .on('error', reject)
          .end();
      });
      expect([path, answer]).toEqual([path, 404]);
    }
  });
});

describe('going down', () => {
  it('answers held requests, lets go of every connection and takes less than three seconds', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station: 'going-down' });
    const path = broadcast.path('64k', 'playlist.m3u8');
    await ask(path);
    const held = ask(`${path}?_HLS_msn=3`);
    const idle = connect(server.port, '127.0.0.1');
    const half = connect(server.port, '127.0.0.1', () => half.write('GET / HTTP/1.1\r\nHost:'));
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/ingest/nobody`);
    const client = io(`http://127.0.0.1:${server.port}/studio`, { transports: ['websocket'], reconnection: false });
    const ends = [idle, half].map(
      (each) => new Promise((resolve) => each.on('error', () => undefined).on('close', resolve)),
    );
    ends.push(new Promise((resolve) => socket.on('error', () => undefined).on('close', resolve)));
    await new Promise<void>((resolve) => client.once('connect', resolve));
    ends.push(new Promise((resolve) => client.once('disconnect', resolve)));
    await until(async () => (await ask('/metrics')).text.includes('awaz_origin_held_requests{program="api"} 1'));
    const begun = performance.now();
    await server.close();
    expect(performance.now() - begun).toBeLessThan(3000);
    expect((await held).status).toBe(503);
    await Promise.all(ends);
    await expect(ask('/healthz')).rejects.toThrow('ECONNREFUSED');
    await server.close();
  });
});

describe('starting', () => {
  it('where another program listens fails, and says what to do', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    await expect(startServer({ config: { ...config, port }, logger })).rejects.toThrow(
      `Cannot listen on 127.0.0.1:${port}: another program listens there; set PORT to another number.`,
    );
    await new Promise((resolve) => other.close(resolve));
  });
});
