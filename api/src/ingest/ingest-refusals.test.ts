import { createConnection } from 'node:net';
import { CHUNK_HEADER_BYTES, ERROR_TABLE, MAX_CHUNK_BYTES } from '@awaz/infra/contract';
import { TRANSCODERS_KEY } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestAddress, TestClient } from '../test/ingest-client.ts';
import { adtsFrame, pcm, wavHeader, wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';

const HELLO_TIMEOUT_MS = 400;

let redis: TestRedis;
let node: TestNode;
let transcoder: { close(): Promise<void> };
let key: string;
const clients: TestClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startNode(redis, { helloTimeoutMs: HELLO_TIMEOUT_MS });
  transcoder = await startFakeTranscoder(redis);
  key = await node.addStation('radio');
});

afterEach(() => {
  for (const client of clients.splice(0)) client.cut();
});

afterAll(async () => {
  await transcoder.close();
  await node.close();
  await redis.close();
});

function connect(station: string, address: TestAddress = {}): TestClient {
  const client = new TestClient(node.host, station, address);
  clients.push(client);
  return client;
}

/** A station that is on air by a client of its own, which must not notice anything. */
async function goodStream(station: string) {
  const client = connect(station, { key: await node.addStation(station) });
  await client.hello();
  await client.chunk(0, wavPiece(0));
  await client.acked(0);
  return client;
}

describe('a refusal', () => {
  it('is a message before the close, with the close code of the table and a remedy', async () => {
    const refusal = await connect('radio', { key: 'wrong' }).refused();
    expect(refusal).toMatchObject({ code: 'bad_key', retryable: false, close: ERROR_TABLE.bad_key.close });
    expect(refusal.message).toContain('?key=');
  });

  it('is counted by its code', async () => {
    const before = await node.metric('awaz_ingest_errors_total', 'unknown_station');
    await connect('nowhere', { key }).refused();
    expect(await node.metric('awaz_ingest_errors_total', 'unknown_station')).toBe(before + 1);
  });

  it.each([
    ['unknown_station', 'nowhere', {}],
    ['unknown_station', '..%2f', {}],
    ['unknown_station', 'radio/more', {}],
    ['bad_key', 'radio', {}],
    ['bad_key', 'radio', { key: 'a'.repeat(32) }],
    ['bad_key', 'radio', { headers: { authorization: 'Bearer nonsense' } }],
  ])('says %s for station %s with %j', async (code, station, address) => {
    expect(await connect(station, address).refused()).toMatchObject({ code, retryable: false });
  });

  it('says key_revoked for a key that was revoked', async () => {
    const revoked = await node.stations.addKey('radio', 'old');
    await node.stations.revokeKey('radio', revoked.record.id);
    expect(await connect('radio', { key: revoked.key }).refused()).toMatchObject({ code: 'key_revoked' });
  });

  it('accepts the key as a bearer token, too', async () => {
    const client = connect('radio', { headers: { authorization: `Bearer ${key}` } });
    expect((await client.hello()).nextSeq).toBe(0);
  });
});

describe('bad input', () => {
  it('says unsupported_format and names the allowed ones, in both modes', async () => {
    const resumable = connect('radio', { key });
    await resumable.send(JSON.stringify({ type: 'hello', format: 'video/x-msvideo' }));
    const refusal = await resumable.refused();
    expect(refusal).toMatchObject({ code: 'unsupported_format', message: expect.stringContaining('audio/ogg') });
    const simple = connect('radio', { key, type: 'text/plain' });
    expect(await simple.refused()).toMatchObject({ code: 'unsupported_format' });
  });

  it('says bad_media for bytes that are not the beginning of the announced container', async () => {
    const garbageKey = await node.addStation('garbage');
    for (const bytes of [Buffer.alloc(3000, 7), Buffer.from('garbage'), wavPiece(1), adtsFrame()]) {
      const simple = connect('garbage', { key: garbageKey, type: 'audio/webm;codecs=opus' });
      await simple.send(bytes);
      expect(await simple.refused()).toMatchObject({ code: 'bad_media', retryable: false });
    }
    expect(await node.registry.get('garbage')).toBeUndefined();
  });

  it('ends a broadcast at once that has nothing but bad media', async () => {
    const station = 'bad-media';
    const client = connect(station, { key: await node.addStation(station) });
    const { broadcastId } = await client.hello({ format: 'audio/mp4' });
    await client.chunk(0, Buffer.alloc(100));
    expect(await client.refused()).toMatchObject({ code: 'bad_media' });
    const ended = await until(async () => {
      const record = await node.registry.get(station);
      return record?.state === 'ended' && record;
    });
    expect(ended).toMatchObject({ broadcastId, reason: 'failed' });
  });

  it('says bad_message for audio without a format', async () => {
    const client = connect('radio', { key });
    await client.send(wavPiece(0));
    expect(await client.refused()).toMatchObject({ code: 'bad_message', message: expect.stringContaining('type=') });
  });

  it.each([
    'not json',
    '{"type":"unknown"}',
    '{"type":"end"}',
    '{"type":"hello"}',
    '{"type":"hello","format":7}',
    '{"type":"hello","format":"audio/wav","resume":{"broadcastId":5}}',
    '[]',
    'null',
    '',
  ])('says bad_message for a first message %p', async (text) => {
    const client = connect('radio', { key, type: 'audio/wav' });
    await client.send(text);
    expect(await client.refused()).toMatchObject({ code: 'bad_message', retryable: false });
  });

  it('says bad_message for a text that is too long', async () => {
    const client = connect('radio', { key });
    await client.send(JSON.stringify({ type: 'hello', format: 'audio/wav', more: 'x'.repeat(10_000) }));
    expect(await client.refused()).toMatchObject({ code: 'bad_message', message: expect.stringContaining('longer') });
  });

  it('says bad_message for text where bytes belong, in both modes', async () => {
    const simple = connect('radio', { key: await node.addStation('text-1'), type: 'audio/wav' });
    expect(await simple.refused()).toMatchObject({ code: 'bad_key' });
    const client = connect('text-1', { key: (await node.stations.addKey('text-1')).key, type: 'audio/wav' });
    await client.send(wavPiece(0));
    await client.acked(0);
    await client.send('this is no audio');
    expect(await client.refused()).toMatchObject({ code: 'bad_message' });
    const resumable = await goodStream('text-2');
    await resumable.send(JSON.stringify({ type: 'hello', format: 'audio/wav' }));
    expect(await resumable.refused()).toMatchObject({
      code: 'bad_message',
      message: expect.stringContaining('second'),
    });
  });

  it('says bad_message for a chunk message that is too short or has no time', async () => {
    const short = await goodStream('short');
    await short.send(Buffer.alloc(CHUNK_HEADER_BYTES - 1));
    expect(await short.refused()).toMatchObject({ code: 'bad_message' });
    const timeless = await goodStream('timeless');
    await timeless.chunk(1, pcm(1), Number.NaN);
    expect(await timeless.refused()).toMatchObject({ code: 'bad_message' });
  });

  it('says bad_message for a gap, naming the expected number, and stores nothing of it', async () => {
    const client = await goodStream('gap');
    await client.chunk(2, wavPiece(2));
    expect(await client.refused()).toMatchObject({
      code: 'bad_message',
      message: expect.stringMatching(/2 came, but 1/),
    });
    expect((await node.log('gap')).map(({ kind }) => kind)).toEqual(['epoch', 'chunk']);
  });

  it('says chunk_too_large for everything over 1 MiB, however large', async () => {
    for (const size of [MAX_CHUNK_BYTES + 1, 2 * MAX_CHUNK_BYTES, 20 * MAX_CHUNK_BYTES]) {
      const simple = connect('radio', { key, type: 'audio/wav' });
      await simple.send(Buffer.concat([wavHeader(), Buffer.alloc(size - 44)]));
      expect(await simple.refused()).toMatchObject({ code: 'chunk_too_large', retryable: false });
    }
    const resumable = await goodStream('large');
    await resumable.chunk(1, Buffer.alloc(MAX_CHUNK_BYTES));
    await resumable.acked(1);
    await resumable.chunk(2, Buffer.alloc(MAX_CHUNK_BYTES + 1));
    expect(await resumable.refused()).toMatchObject({ code: 'chunk_too_large' });
  });

  it('says too_fast when audio comes much faster than it can be heard', async () => {
    const station = 'fast';
    const type = 'audio/l16;rate=8000;channels=1';
    const client = connect(station, { key: await node.addStation(station), type });
    for (let i = 0; i < 4; i++) await client.send(Buffer.alloc(1_000_000, 1));
    expect(await client.refused()).toMatchObject({ code: 'too_fast', retryable: false });
    expect((await node.log(station)).length).toBeGreaterThan(1);
  });

  it('says hello_timeout to a client that connects and says nothing', async () => {
    const started = performance.now();
    const refusal = await connect('radio', { key, type: 'audio/wav' }).refused();
    expect(refusal).toMatchObject({ code: 'hello_timeout', message: expect.stringContaining('0.4 s') });
    expect(performance.now() - started).toBeGreaterThan(HELLO_TIMEOUT_MS - 10);
  });

  it('says server_full, and when to come back, while no transcoder has room', async () => {
    const full = await startTestRedis();
    const lonely = await startNode(full);
    const fullKey = await lonely.addStation('radio');
    const attempt = async () => {
      const client = new TestClient(lonely.host, 'radio', { key: fullKey });
      await client.send(JSON.stringify({ type: 'hello', format: 'audio/wav' }));
      return client.refused();
    };
    const refusal = { code: 'server_full', retryable: true, retryAfterMs: expect.any(Number) };
    expect(await attempt()).toMatchObject({ ...refusal, message: expect.stringContaining('No transcoder') });
    const beat = JSON.stringify({ id: 't', slots: 2, busy: 2 });
    await full.handle().commands.hset(TRANSCODERS_KEY, 't', `${Date.now() + 60_000} ${beat}`);
    expect(await attempt()).toMatchObject({ ...refusal, message: expect.stringContaining('All 2') });
    await lonely.close();
    await full.close();
  });

  it('is told as bad_message when it is no WebSocket frame or no UTF-8', async () => {
    for (const frame of ['8f80000000ff', '8184000000ffc328c328', 'c184000000000000']) {
      const answer = await rawFrame(`/ingest/radio?key=${key}`, Buffer.from(frame, 'hex'));
      expect(answer).toContain('"code":"bad_message"');
    }
  });

  it('never disturbs other streams', async () => {
    const good = await goodStream('good');
    const bad = Array.from({ length: 30 }, async (_, i) => {
      const client = connect('radio', { key: i % 3 === 0 ? 'x' : key, type: 'audio/ogg' });
      await client.send(i % 2 === 0 ? 'nonsense' : Buffer.alloc(5000, i));
      return client.refused();
    });
    for (let seq = 1; seq <= 20; seq++) {
      await good.chunk(seq, wavPiece(seq));
      await good.acked(seq);
    }
    expect((await Promise.all(bad)).every(({ code }) => /^bad_(key|media|message)$/.test(code))).toBe(true);
    expect(good.messages.filter(({ type }) => type === 'error')).toEqual([]);
    expect((await node.log('good')).length).toBe(22);
  });
});

/** Sends bytes as they are after the handshake; resolves with what came back until the server closed. */
async function rawFrame(path: string, frame: Buffer): Promise<string> {
  const [host, port] = node.host.split(':');
  const socket = createConnection(Number(port), host);
  const upgrade = `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}\r\n\r\n`;
  let answer = '';
  socket.setEncoding('latin1').on('data', (text) => {
    if (answer === '') socket.write(frame);
    answer += text;
  });
  socket.on('error', () => undefined);
  socket.write(upgrade);
  await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  socket.destroy();
  return answer;
}
