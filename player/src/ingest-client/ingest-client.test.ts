import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { clientTime, IngestClient, type IngestClientOptions } from './ingest-client.ts';
import { FakeIngestServer } from './test/fake-ingest-server.ts';

const FORMAT = 'audio/webm;codecs=opus';

let server: FakeIngestServer;
const clients: IngestClient[] = [];

beforeEach(async () => {
  server = new FakeIngestServer();
  await server.start();
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await server.close();
});

function newClient(options: Partial<IngestClientOptions> = {}): IngestClient {
  const defaults = { servers: [server.url], station: 'lahore', key: 'k'.repeat(32) } as const;
  const openSocket = (url: string) => new WebSocket(url);
  const client = new IngestClient({ ...defaults, openSocket, ...options });
  clients.push(client);
  return client;
}

function send(client: IngestClient, ...contents: string[]): void {
  for (const content of contents) {
    client.send({ payload: Buffer.from(content), capturedAt: clientTime(), durationMs: 60 });
  }
}

/** Settles when `isDone` holds after one of the client's events. */
function until(client: IngestClient, isDone: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => isDone() && resolve();
    for (const name of ['state', 'ready', 'ack', 'error', 'lost', 'restart', 'ended', 'quality'] as const) {
      client.on(name, check);
    }
    check();
  });
}

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => String(from + n));

describe('an ingest client', () => {
  test('delivers everything in order and ends the broadcast', async () => {
    const client = newClient();
    client.startEpoch(FORMAT);
    send(client, ...numbers(0, 50));
    await expect(client.end()).resolves.toEqual({ reason: 'ended_by_owner', confirmed: true });
    expect(server.audio).toEqual(numbers(0, 50));
    expect(server.ended).toBe(true);
    expect(client.totals).toMatchObject({ recordedMs: 3000, ackedMs: 3000, unackedMs: 0, lostMs: 0 });
  });

  test('carries station and key in the URL and its clock in hello', async () => {
    const urls: string[] = [];
    const openSocket = (url: string) => {
      urls.push(url);
      return new WebSocket(url);
    };
    const client = newClient({ openSocket });
    client.startEpoch(FORMAT);
    await until(client, () => client.state === 'open');
    expect(urls).toEqual([`${server.url.replace('http', 'ws')}/ingest/lahore?key=${'k'.repeat(32)}`]);
    expect(Math.abs((server.hellos[0]?.clientTime ?? 0) - Date.now())).toBeLessThan(1000);
    expect(Math.abs((client.clockOffsetMs ?? 0) - 5000)).toBeLessThan(1000);
  });

  test('loses nothing and mixes up nothing when the socket is killed in the middle, again and again', async () => {
    const client = newClient();
    server.cutEvery = 40;
    client.startEpoch(FORMAT);
    let cuts = 0;
    client.on('error', () => cuts++);
    for (let n = 0; n < 300; n += 10) {
      send(client, ...numbers(n, n + 10));
      await new Promise(setImmediate);
    }
    await client.end();
    expect(cuts).toBe(7);
    expect(server.audio).toEqual(numbers(0, 300));
    expect(server.epochs).toHaveLength(1);
  });

  test('keeps what is recorded while no server is there', async () => {
    const client = newClient();
    const port = Number(new URL(server.url).port);
    await server.close();
    client.startEpoch(FORMAT);
    send(client, ...numbers(0, 20));
    await new Promise<void>((resolve) => client.on('error', () => resolve()));
    server = new FakeIngestServer();
    await server.start(port);
    send(client, ...numbers(20, 30));
    await client.end();
    expect(server.audio).toEqual(numbers(0, 30));
  });

  test('goes to the next server when the first cannot be reached', async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as { port: number };
    await new Promise((resolve) => closed.close(resolve));
    const client = newClient({ servers: [`http://127.0.0.1:${port}`, server.url] });
    client.startEpoch(FORMAT);
    send(client, 'a');
    await client.end();
    expect(server.audio).toEqual(['a']);
  });

  test('finds out that a server has gone silent and loses nothing by it', async () => {
    const client = newClient();
    client.startEpoch(FORMAT);
    await until(client, () => client.state === 'open');
    server.answers = false;
    send(client, 'a', 'b');
    await until(client, () => client.state === 'reconnecting');
    server.answers = true;
    send(client, 'c');
    await client.end();
    expect(server.audio).toEqual(['a', 'b', 'c']);
  });

  test('puts a restarted recorder into an epoch of its own, after all of the first', async () => {
    const client = newClient();
    client.startEpoch(FORMAT);
    send(client, ...numbers(0, 5));
    client.startEpoch('audio/mp4');
    send(client, ...numbers(5, 9));
    await client.end();
    expect(server.epochs.map(({ format, chunks }) => [format, chunks.map((chunk) => String(chunk.payload))])).toEqual([
      [FORMAT, numbers(0, 5)],
      ['audio/mp4', numbers(5, 9)],
    ]);
    expect(server.hellos.map((hello) => hello.resume)).toEqual([undefined, { broadcastId: server.broadcastId }]);
  });

  test('continues a broadcast after a reload', async () => {
    const before = newClient();
    before.startEpoch(FORMAT);
    send(before, 'a');
    await until(before, () => before.totals.ackedMs === 60);
    before.close();
    const after = newClient({ broadcastId: server.broadcastId });
    after.startEpoch(FORMAT);
    send(after, 'b');
    await after.end();
    expect(server.audio).toEqual(['a', 'b']);
    expect(server.epochs).toHaveLength(2);
  });

  test('stops, and rejects the end, when the server refuses for good', async () => {
    server.refusals.push('bad_key');
    const client = newClient();
    client.startEpoch(FORMAT);
    await expect(client.end()).rejects.toThrow('The stream key is not valid for this station');
    expect(client.state).toBe('failed');
  });

  test('asks for a fresh container header when its broadcast was forgotten, and begins another one', async () => {
    const client = newClient({ whenOver: 'begin_new' });
    client.startEpoch(FORMAT);
    for (const content of numbers(0, 120)) {
      client.send({ payload: Buffer.from(content), capturedAt: 1e12 + Number(content) * 60, durationMs: 60 });
    }
    await until(client, () => client.totals.unackedMs === 0 && client.totals.ackedMs > 0);
    server.forgetBroadcast();
    client.on('restart', () => {
      client.startEpoch(FORMAT);
      send(client, 'header');
    });
    server.cut();
    await until(client, () => server.audio.length > 0);
    await client.end();
    expect(server.audio).toEqual(['header']);
  });

  test('tells quality and notices as they come', async () => {
    const client = newClient();
    const heard: unknown[] = [];
    client.on('quality', (quality) => heard.push(quality));
    client.on('notice', (notice) => heard.push(notice));
    client.startEpoch(FORMAT);
    await until(client, () => client.state === 'open');
    server.say({ type: 'notice', code: 'clock_skew', message: 'Your clock is off.' });
    server.say({ type: 'quality', kbps: 128, onAir: true });
    await until(client, () => heard.length === 2);
    expect(heard).toEqual([
      { type: 'notice', code: 'clock_skew', message: 'Your clock is off.' },
      { type: 'quality', kbps: 128, onAir: true },
    ]);
  });

  test('leaves when its signal is aborted, and may be closed again', async () => {
    const abort = new AbortController();
    const client = newClient({ signal: abort.signal });
    client.startEpoch(FORMAT);
    await until(client, () => client.state === 'open');
    abort.abort();
    client.close();
    expect(client.state).toBe('ended');
    expect(client.send({ payload: Buffer.from('a'), capturedAt: clientTime() })).toBe(false);
    expect(server.ended).toBe(false);
    await expect(client.end()).resolves.toEqual({ reason: 'closed', confirmed: false });
  });

  test('refuses a server that is no URL', () => {
    expect(() => newClient({ servers: ['not a url'] })).toThrow('"not a url" is not the address of a server');
  });

  test('takes no audio before an epoch began', () => {
    expect(newClient().send({ payload: Buffer.from('a'), capturedAt: 0 })).toBe(false);
  });
});
