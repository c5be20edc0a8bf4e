import type { ChunkLogEntry } from '@awaz/infra/chunk-log';
import { ERROR_TABLE } from '@awaz/infra/contract';
import { stationKeys } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type TestAddress, TestClient } from '../test/ingest-client.ts';
import { adtsFrame, wavHeader, wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';

let redis: TestRedis;
let node: TestNode;
let transcoder: { close(): Promise<void> };
const clients: TestClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startNode(redis);
  transcoder = await startFakeTranscoder(redis);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.cut();
});

afterAll(async () => {
  await transcoder.close();
  await node.close();
  await redis.close();
});

function connect(station: string, address: TestAddress): TestClient {
  const client = new TestClient(node.host, station, { type: 'audio/wav', ...address });
  clients.push(client);
  return client;
}

const isFree = (station: string) =>
  until(async () => (await node.handle.commands.exists(stationKeys(station).publisher)) === 0);

const chunks = (entries: ChunkLogEntry[]) => entries.filter((entry) => entry.kind === 'chunk');

describe('simple mode', () => {
  it('stores each binary message as the next chunk, captured as it came', async () => {
    const client = connect('plain', { key: await node.addStation('plain') });
    const before = Date.now();
    for (let i = 0; i < 5; i++) await client.send(wavPiece(i));
    await client.acked(4);
    const [epoch, ...rest] = await node.log('plain');
    expect(epoch).toMatchObject({ kind: 'epoch', format: 'audio/wav' });
    const stored = chunks(rest);
    expect(stored.map(({ seq }) => seq)).toEqual([0, 1, 2, 3, 4]);
    expect(stored.map(({ payload }) => payload)).toEqual([0, 1, 2, 3, 4].map((i) => wavPiece(i)));
    for (const chunk of stored) {
      expect(chunk.capturedAt).toBe(chunk.receivedAt);
      expect(chunk.capturedAt).toBeGreaterThanOrEqual(before);
    }
    expect(client.messages.map(({ type }) => type).filter((type) => type !== 'quality')).toEqual(
      expect.arrayContaining(['ready', 'ack']),
    );
  });

  it('passes over empty messages', async () => {
    const client = connect('empty', { key: await node.addStation('empty') });
    await client.send(Buffer.alloc(0));
    for (let i = 0; i < 2; i++) {
      await client.send(wavPiece(i));
      await client.send(Buffer.alloc(0));
    }
    await client.acked(1);
    expect(chunks(await node.log('empty'))).toHaveLength(2);
  });

  it('takes a stream that comes in the smallest pieces', async () => {
    const client = connect('tiny', { key: await node.addStation('tiny') });
    const bytes = wavPiece(0, 1);
    for (const byte of bytes) await client.send(Buffer.of(byte));
    await client.acked(bytes.length - 1);
    expect(Buffer.concat(chunks(await node.log('tiny')).map(({ payload }) => payload))).toEqual(bytes);
  });

  it('continues the broadcast in a new epoch when the client connects again', async () => {
    const key = await node.addStation('again');
    const first = connect('again', { key });
    await first.send(wavPiece(0));
    await first.acked(0);
    const { broadcastId, epoch } = await first.next('ready');
    first.cut();
    await isFree('again');
    const second = connect('again', { key });
    await second.send(wavPiece(0));
    const ready = await second.next('ready');
    expect(ready.broadcastId).toBe(broadcastId);
    expect(ready.epoch).not.toBe(epoch);
    await second.acked(0);
    expect((await node.log('again')).map(({ kind }) => kind)).toEqual(['epoch', 'chunk', 'epoch', 'chunk']);
  });

  it('begins another epoch when a container header comes in the middle', async () => {
    const client = connect('header', { key: await node.addStation('header') });
    for (const i of [0, 1, 0, 1]) await client.send(wavPiece(i));
    await client.acked(3);
    await client.next('notice', ({ code }) => code === 'new_epoch');
    const log = await node.log('header');
    expect(log.map((entry) => (entry.kind === 'chunk' ? entry.seq : entry.kind))).toEqual([
      'epoch',
      0,
      1,
      'epoch',
      0,
      1,
    ]);
    const epochs = log.map((entry) => (entry.kind === 'end' ? '' : entry.epoch));
    expect(new Set(epochs.slice(3))).toEqual(new Set([`${epochs[0]}.1`]));
  });

  it('does not take frames that look like a beginning for another stream', async () => {
    const client = connect('adts', { key: await node.addStation('adts'), type: 'audio/aac' });
    for (let i = 0; i < 4; i++) await client.send(adtsFrame());
    await client.acked(3);
    expect((await node.log('adts')).map(({ kind }) => kind)).toEqual(['epoch', ...Array(4).fill('chunk')]);
  });

  it('answers station_busy to a second publisher, which may try again', async () => {
    const key = await node.addStation('busy');
    const first = connect('busy', { key });
    await first.send(wavPiece(0));
    await first.acked(0);
    const second = connect('busy', { key });
    await second.send(wavPiece(0));
    expect(await second.refused()).toMatchObject({
      code: 'station_busy',
      retryable: true,
      retryAfterMs: expect.any(Number),
      close: ERROR_TABLE.station_busy.close,
    });
    await first.send(wavPiece(1));
    await first.acked(1);
  });

  it('takes over with takeover=1, and the first publisher is told', async () => {
    const key = await node.addStation('take');
    const first = connect('take', { key });
    await first.send(wavPiece(0));
    const { broadcastId } = await first.next('ready');
    const second = connect('take', { key, takeover: '1' });
    await second.send(wavPiece(0));
    expect((await second.next('ready')).broadcastId).toBe(broadcastId);
    expect(await first.refused()).toMatchObject({ code: 'replaced', retryable: false });
    await second.send(wavPiece(1));
    await second.acked(1);
  });

  it('ends the broadcast with an end message', async () => {
    const client = connect('end', { key: await node.addStation('end') });
    await client.send(wavPiece(0));
    await client.end();
    const { broadcastId } = await client.next('ready');
    expect(await client.next('ended')).toMatchObject({ broadcastId, reason: 'ended_by_owner' });
    expect(await client.closed).toBe(1000);
    expect(await node.registry.get('end')).toMatchObject({ state: 'ended', reason: 'ended_by_owner' });
  });

  it('reports the quality of the uplink each second', async () => {
    const client = connect('quality', { key: await node.addStation('quality') });
    await client.send(wavHeader());
    for (let i = 1; i <= 20; i++) await client.send(wavPiece(i));
    const quality = await client.next('quality', ({ kbps, rttMs }) => kbps > 0 && rttMs !== null);
    expect(quality).toMatchObject({
      jitterMs: expect.any(Number),
      rttMs: expect.any(Number),
      lostChunks: 0,
      lateMs: expect.any(Number),
      levelDbfs: null,
      clipped: null,
      silentMs: null,
      onAir: false,
    });
    await node.bus.publish({
      type: 'broadcast_on_air',
      station: 'quality',
      broadcastId: (await client.next('ready')).broadcastId,
    });
    await client.next('quality', ({ onAir }) => onAir);
  });

  it('counts publishers, chunks and bytes', async () => {
    const isQuiet = () => until(async () => (await node.metric('awaz_ingest_publishers')) === 0);
    await isQuiet();
    const before = await node.metric('awaz_ingest_chunks_total');
    const bytes = await node.metric('awaz_ingest_bytes_total');
    const client = connect('counted', { key: await node.addStation('counted') });
    await client.send(wavPiece(0));
    await client.acked(0);
    expect(await node.metric('awaz_ingest_publishers', 'websocket')).toBe(1);
    expect(await node.metric('awaz_ingest_chunks_total')).toBe(before + 1);
    expect(await node.metric('awaz_ingest_bytes_total')).toBe(bytes + wavPiece(0).length);
    client.leave();
    await isQuiet();
  });
});
