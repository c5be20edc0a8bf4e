import { writeFile } from 'node:fs/promises';
import { type ClientHttp2Session, connect as connectHttp2, type IncomingHttpHeaders } from 'node:http2';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { RedisHandle } from '@awaz/infra/redis';
import { createLogger, Registry } from '@awaz/infra/runtime';
import {
  startTestRedis,
  TEST_CERTIFICATES,
  type TempDir,
  type TestCertificateFiles,
  type TestRedis,
  tempDir,
  until,
  writeTestCertificate,
} from '@awaz/infra/testkit';
import { parseMultivariantPlaylist } from '@awaz/transcoder/hls';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';
import { readConfig } from './config.ts';
import { listen } from './http/http-server.ts';
import { adtsOfPart } from './origin/progressive/adts-frames.ts';
import { MadeUpBroadcast } from './origin/test/made-up-broadcast.ts';
import { isPending } from './origin/test/origin-server.ts';
import { fragmentOf } from './origin/test/real-parts.ts';
import { type ApiServer, startServer } from './server.ts';

const UNCHECKED = { rejectUnauthorized: false };

/** Header fields that HTTP/2 does not have (RFC 9113 8.2.2). */
const OF_THE_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'];

let redis: TestRedis;
let handle: RedisHandle;
let folder: TempDir;
let files: TestCertificateFiles;
let server: ApiServer;
let session: ClientHttp2Session;
let stations = 0;
let station = '';
const logger = createLogger('tls-test', 'silent');

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  folder = await tempDir();
  files = await writeTestCertificate(folder.path);
});
afterAll(async () => {
  await folder.close();
  await redis.close();
});
beforeEach(async () => {
  station = `tls-${stations++}`;
  const tls = { TLS_CERT: files.certFile, TLS_KEY: files.keyFile };
  const place = { REDIS_URL: redis.url, PORT: '0', HOST: '127.0.0.1', DATA_DIR: folder.path };
  const config = readConfig({ ...place, MAX_CPU_PERCENT: '100', ...tls });
  server = await startServer({ config, logger, pagesFolder: folder.path });
  session = connectHttp2(`https://127.0.0.1:${server.port}`, UNCHECKED);
  session.on('error', () => undefined);
});
afterEach(async () => {
  session.destroy();
  await server.close();
});

type Read = { headers: IncomingHttpHeaders; body: Buffer };

/** Asks over HTTP/2. */
function ask(path: string, more: Record<string, string> = {}, sent = ''): Promise<Read> {
  return new Promise((resolve, reject) => {
    const stream = session.request({ ':path': path, ...more });
    const pieces: Buffer[] = [];
    let headers: IncomingHttpHeaders = {};
    stream.on('response', (got) => {
      headers = got;
    });
    stream.on('data', (piece: Buffer) => pieces.push(piece));
    stream.on('error', reject);
    stream.on('end', () => resolve({ headers, body: Buffer.concat(pieces) }));
    if (sent === '') stream.end();
    else stream.end(sent);
  });
}

describe('HTTP/2 over TLS', () => {
  it('signs in by a body of unknown length; the cookie goes over TLS only, and browsers are told to keep to it', async () => {
    const body = JSON.stringify({ email: `${station}@example.org`, password: 'correct horse', name: station });
    const post = (path: string, more: Record<string, string>, sent = '') =>
      ask(`/api/v1/auth/${path}`, { ':method': 'POST', ...more }, sent);
    const { headers } = await post('register', { 'content-type': 'application/json' }, body);
    expect([headers[':status'], headers['strict-transport-security']]).toEqual([201, 'max-age=31536000']);
    const [cookie = ''] = headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/; SameSite=Strict; Secure$/);
    const own = { cookie: cookie.split(';', 1)[0] ?? '', origin: `https://127.0.0.1:${server.port}` };
    expect((await post('refresh', own)).headers[':status']).toBe(200);
    expect((await post('refresh', { ...own, origin: 'https://evil.example' })).headers[':status']).toBe(403);
  });

  it('holds requests and answers them, with priorities and without header fields of the connection', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station, parts: 1 });
    const index = await ask(`/live/${station}/index.m3u8`);
    const { uri = '' } = parseMultivariantPlaylist(String(index.body)).variants[0] ?? {};
    const url = `/live/${station}/${uri}`;
    await ask(url);
    const held = ask(`${url}?_HLS_msn=3&_HLS_part=1`, { 'accept-encoding': 'gzip' });
    const hinted = ask(url.replace('playlist.m3u8', '3.1.m4s'));
    expect(await isPending(Promise.race([held, hinted]))).toBe(true);
    await broadcast.publish();
    const answers = await Promise.all([held, hinted]);
    expect(answers.map(({ headers }) => headers[':status'])).toEqual([200, 200]);
    expect(answers.map(({ headers }) => headers.priority)).toEqual(['u=1', 'u=3']);
    expect(answers[0]?.headers['content-encoding']).toBe('gzip');
    expect(answers[1]?.body.length).toBe(128 * 24);
    for (const { headers } of [index, ...answers]) {
      for (const name of OF_THE_CONNECTION) expect(headers).not.toHaveProperty(name);
    }
    const head = await ask(url, { ':method': 'HEAD' });
    expect([head.headers[':status'], head.body.length]).toEqual([200, 0]);
    expect(Number(head.headers['content-length'])).toBeGreaterThan(0);
    expect((await ask(url, { ':method': 'OPTIONS' })).headers[':status']).toBe(204);
    const ranged = await ask(url.replace('playlist.m3u8', '3.1.m4s'), { range: 'bytes=1-4' });
    expect([ranged.headers[':status'], ranged.body.length]).toEqual([206, 4]);
  });

  it('carries stream.aac and lets go of listeners who leave', async () => {
    const part = fragmentOf([Buffer.alloc(300, 7)]);
    const broadcast = await MadeUpBroadcast.onAir(handle, { station, payload: () => part });
    const listeners = async () =>
      Number(/awaz_origin_stream_listeners\S* (\d+)/.exec(String((await ask('/metrics')).body))?.[1]);
    const leaving = session.request({ ':path': `/live/${station}/stream.aac` });
    const streaming = ask(`/live/${station}/stream.aac`, { 'icy-metadata': '0' });
    await until(async () => (await listeners()) === 2);
    leaving.close();
    await until(async () => (await listeners()) === 1);
    await broadcast.publish(3);
    await broadcast.end();
    const { headers, body } = await streaming;
    expect(headers).toMatchObject({
      ':status': 200,
      'content-type': 'audio/aac',
      'icy-br': '128',
      'icy-name': station,
    });
    for (const name of OF_THE_CONNECTION) expect(headers).not.toHaveProperty(name);
    expect(body.equals(Buffer.concat(Array.from({ length: 11 }, () => adtsOfPart(part) ?? Buffer.alloc(0))))).toBe(
      true,
    );
    expect(await listeners()).toBe(0);
  });

  it('serves what is not below /live too', async () => {
    expect(JSON.parse(String((await ask('/healthz')).body))).toEqual({ status: 'alive' });
    expect((await ask('/nothing')).headers).toMatchObject({
      ':status': 404,
      'content-type': 'application/problem+json',
    });
  });

  it('ends its connections when the server goes down, also with a request held', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    const url = broadcast.path('64k', 'playlist.m3u8');
    await ask(url);
    const held = ask(`${url}?_HLS_msn=3&_HLS_part=0`);
    expect(await isPending(held)).toBe(true);
    const closed = new Promise((resolve) => session.once('close', resolve));
    await server.close();
    expect((await held).headers[':status']).toBe(503);
    await closed;
  });
});

describe('HTTP/1.1 over TLS', () => {
  it('is spoken to clients that know nothing else', async () => {
    const broadcast = await MadeUpBroadcast.onAir(handle, { station });
    const path = broadcast.path('64k', 'playlist.m3u8');
    const status = await new Promise((resolve, reject) => {
      const asked = request({ port: server.port, path, ...UNCHECKED, agent: false }, (answer) => {
        answer.resume();
        answer.on('end', () => resolve([answer.statusCode, answer.httpVersion]));
      });
      asked.on('error', reject);
      asked.end();
    });
    expect(status).toEqual([200, '1.1']);
  });

  it('carries WebSockets of ingest and Socket.IO', async () => {
    const ingest = new WebSocket(`wss://127.0.0.1:${server.port}/ingest/nowhere`, UNCHECKED);
    const told: { code?: string }[] = [];
    ingest.on('message', (data) => told.push(JSON.parse(String(data))));
    await new Promise((resolve) => ingest.once('close', resolve));
    expect(told.at(-1)).toMatchObject({ type: 'error', code: 'unknown_station' });
    const socket = io(`https://127.0.0.1:${server.port}/studio`, { transports: ['websocket'], ...UNCHECKED });
    const begun = await new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('connect_error', (error) => resolve(error.message));
    });
    expect(begun).toBe('connected');
    socket.disconnect();
  });
});

describe('the certificate', () => {
  const subject = (port: number) =>
    new Promise<string>((resolve, reject) => {
      const socket = connectTls({ port, host: '127.0.0.1', ...UNCHECKED }, () => {
        resolve(String(socket.getPeerCertificate().subject.CN));
        socket.destroy();
      });
      socket.on('error', reject);
    });

  it('is renewed with its files, and kept while they do not fit together', async () => {
    const own = await tempDir();
    const tls = { ...(await writeTestCertificate(own.path)), lookMs: 20 };
    const nobody = () => undefined;
    const options = { host: '127.0.0.1', port: 0, keepAliveMs: 1000, metrics: new Registry(), logger, tls };
    const http = await listen({ ...options, onRequest: nobody, onUpgrade: nobody });
    expect(await subject(http.port)).toBe('awaz first test certificate');
    await writeFile(tls.certFile, 'no certificate');
    await writeFile(tls.certFile, TEST_CERTIFICATES.second);
    await until(async () => (await subject(http.port)) === 'awaz second test certificate');
    await http.close();
    await own.close();
  });

  it('is asked for with its key, and faults are told with all others', async () => {
    const config = (more: Record<string, string>) => () => readConfig({ REDIS_URL: 'redis://x', ...more });
    expect(config({ TLS_CERT: files.certFile, PORT: '-1' })).toThrow(
      /PORT: [\s\S]*TLS_KEY: is missing|TLS_KEY: is missing[\s\S]*PORT: /,
    );
    expect(config({ TLS_KEY: files.keyFile })).toThrow('TLS_CERT: is missing');
    const nowhere = join(folder.path, 'nowhere.pem');
    expect(config({ TLS_CERT: nowhere, TLS_KEY: files.keyFile })).toThrow(
      `TLS_CERT: ${nowhere} cannot be read (ENOENT)`,
    );
    expect(config({ TLS_CERT: files.keyFile, TLS_KEY: files.keyFile })).toThrow('is no certificate of the key');
    expect(config({})().tls).toBeUndefined();
  });
});
