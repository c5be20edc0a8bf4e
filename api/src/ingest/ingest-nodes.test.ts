import { appendEnd, type ChunkLogEntry } from '@awaz/infra/chunk-log';
import { BROADCAST_QUEUE, broadcastKeys, stationKeys } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { TestClient } from '../test/ingest-client.ts';
import { wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';

let redis: TestRedis;
let here: TestNode;
let there: TestNode;
let transcoder: { close(): Promise<void> };
const clients: TestClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  here = await startNode(redis);
  there = await startNode(redis);
  transcoder = await startFakeTranscoder(redis);
});

afterEach(() => {
  for (const client of clients.splice(0)) client.cut();
});

afterAll(async () => {
  await transcoder.close();
  await here.close();
  await there.close();
  await redis.close();
});

function connect(node: TestNode, station: string, key: string): TestClient {
  const client = new TestClient(node.host, station, { key, type: 'audio/wav' });
  clients.push(client);
  return client;
}

async function publishing(station: string, count = 3) {
  const key = await here.addStation(station);
  const client = connect(here, station, key);
  const ready = await client.hello();
  for (let seq = 0; seq < count; seq++) await client.chunk(seq, wavPiece(seq));
  await client.acked(count - 1);
  return { key, client, ...ready };
}

const seqs = (entries: ChunkLogEntry[]) => entries.map((entry) => (entry.kind === 'chunk' ? entry.seq : entry.kind));

describe('two nodes on one Redis', () => {
  it('let an owner resume at the other one, and tell the old connection', async () => {
    const { key, client, broadcastId, epoch } = await publishing('move');
    const moved = connect(there, 'move', key);
    expect(await moved.hello({ resume: { broadcastId, epoch } })).toMatchObject({ broadcastId, epoch, nextSeq: 3 });
    await moved.chunk(3, wavPiece(3));
    await moved.acked(3);
    expect(await client.refused()).toMatchObject({ code: 'replaced' });
    expect(seqs(await there.log('move'))).toEqual(['epoch', 0, 1, 2, 3]);
  });

  it('let a station be taken over from the other one', async () => {
    const { key, client, broadcastId } = await publishing('take');
    const other = connect(there, 'take', key);
    expect((await other.hello({ takeover: true })).broadcastId).toBe(broadcastId);
    expect(await client.refused()).toMatchObject({ code: 'replaced' });
  });

  it('refuse a second publisher of the other one', async () => {
    const { key } = await publishing('busy');
    const other = connect(there, 'busy', key);
    await other.send(JSON.stringify({ type: 'hello', format: 'audio/wav' }));
    expect(await other.refused()).toMatchObject({ code: 'station_busy' });
  });

  it('send owners on to the other one when a node goes down', async () => {
    const leaving = await startNode(redis);
    const key = await leaving.addStation('down');
    const client = connect(leaving, 'down', key);
    const { broadcastId, epoch } = await client.hello();
    await client.chunk(0, wavPiece(0));
    await client.acked(0);
    await leaving.ingest.close();
    expect(await client.refused()).toMatchObject({ code: 'server_going_down', retryable: true });
    const late = connect(leaving, 'down', key);
    expect(await late.refused()).toMatchObject({ code: 'server_going_down' });
    const moved = connect(here, 'down', key);
    expect(await moved.hello({ resume: { broadcastId, epoch } })).toMatchObject({ nextSeq: 1 });
    await leaving.close();
  });
});

describe('a broadcast', () => {
  it('has one job, under its own id, and gets it again when it is gone', async () => {
    const { key, client, broadcastId } = await publishing('job');
    const { name, prefix } = BROADCAST_QUEUE;
    const queue = new Queue(name, { prefix, connection: here.handle.connect('prompt') });
    const job = await queue.getJob(broadcastId);
    expect(job).toMatchObject({ name: 'broadcast', data: { station: 'job', broadcastId } });
    await job?.remove();
    client.cut();
    await until(async () => (await here.handle.commands.exists(stationKeys('job').publisher)) === 0);
    await connect(there, 'job', key).hello();
    expect((await queue.getJob(broadcastId))?.data).toEqual({ station: 'job', broadcastId });
    await queue.close();
  });

  it('ends with key_revoked when the key of its publisher is revoked', async () => {
    const { client } = await publishing('revoke');
    const [record] = (await here.stations.streamKeys('revoke')) ?? [];
    await there.stations.revokeKey('revoke', record?.id ?? '');
    expect(await client.refused()).toMatchObject({ code: 'key_revoked', retryable: false });
    await until(async () => (await here.registry.get('revoke'))?.reason === 'key_revoked');
  });

  it('ends with key_revoked even if no message told of it', async () => {
    const { client } = await publishing('unheard');
    const [record] = (await here.stations.streamKeys('unheard')) ?? [];
    const field = JSON.stringify({ ...record, revokedAt: Date.now() });
    await here.handle.commands.hset(stationKeys('unheard').streamKeys, record?.id ?? '', field);
    expect(await client.refused()).toMatchObject({ code: 'key_revoked' });
  });

  it('ends when its station is removed', async () => {
    const { client } = await publishing('remove');
    await there.stations.remove('remove');
    expect(await client.refused()).toMatchObject({ code: 'unknown_station', retryable: false });
    await until(async () => (await here.registry.get('remove'))?.reason === 'station_removed');
  });

  it('ends with stopped_by_admin when an administrator ends it', async () => {
    const { client, broadcastId } = await publishing('stop');
    await appendEnd(there.handle, { station: 'stop', broadcastId }, 'stopped_by_admin');
    expect(await client.refused()).toMatchObject({ code: 'stopped_by_admin', retryable: false });
  });

  it('ends with a farewell when it was without audio for too long', async () => {
    const { client, broadcastId } = await publishing('lost');
    await here.registry.end('lost', broadcastId, 'owner_lost');
    await there.bus.publish({ type: 'broadcast_ended', station: 'lost', broadcastId, reason: 'owner_lost' });
    expect(await client.next('ended')).toMatchObject({ broadcastId, reason: 'owner_lost' });
    expect(await client.closed).toBe(1000);
  });

  it('is refused as bad_media when the encoder cannot read it', async () => {
    const { client, broadcastId, epoch } = await publishing('refused');
    const refused = { type: 'media_refused', station: 'refused', broadcastId, detail: 'no frames' } as const;
    await there.bus.publish({ ...refused, epoch: 'another' });
    await there.bus.publish({ ...refused, epoch });
    expect(await client.refused()).toMatchObject({ code: 'bad_media', message: expect.stringContaining('no frames') });
    await until(async () => (await here.registry.get('refused'))?.reason === 'failed');
  });

  it('goes on when the lease ran out but nobody else came', async () => {
    const { client } = await publishing('lapse');
    await here.handle.commands.del(stationKeys('lapse').publisher);
    await client.chunk(3, wavPiece(3));
    await client.acked(3);
    await here.handle.commands.del(stationKeys('lapse').publisher);
    await until(async () => (await here.handle.commands.exists(stationKeys('lapse').publisher)) === 1);
  });
});

describe('a log that lost its newest chunks', () => {
  /** What is left when Redis comes back from a file that is a second old. */
  const forget = async (station: string, broadcastId: string) =>
    here.handle.commands.hset(broadcastKeys(station, broadcastId).ingest, 'nextSeq', '1');

  it('makes a resumable client connect again and send them again', async () => {
    const { key, client, broadcastId, epoch } = await publishing('forgot');
    await forget('forgot', broadcastId);
    await client.chunk(3, wavPiece(3));
    expect(await client.refused()).toMatchObject({ code: 'internal', retryable: true });
    const again = connect(here, 'forgot', key);
    expect(await again.hello({ resume: { broadcastId, epoch } })).toMatchObject({ nextSeq: 1 });
  });

  it('does not trouble a simple client', async () => {
    const client = connect(here, 'simple', await here.addStation('simple'));
    for (let i = 0; i < 3; i++) await client.send(wavPiece(i));
    await client.acked(2);
    await forget('simple', (await client.next('ready')).broadcastId);
    await client.send(wavPiece(3));
    await client.send(wavPiece(4));
    await client.acked(4);
    expect(seqs(await here.log('simple'))).toEqual(['epoch', 0, 1, 2, 1, 2]);
  });
});

describe('while Redis is away', () => {
  it('chunks wait, the client is told, and go on when it is back', async () => {
    const own = await startTestRedis();
    const node = await startNode(own);
    const worker = await startFakeTranscoder(own);
    const client = connect(node, 'away', await node.addStation('away'));
    const { broadcastId } = await client.hello();
    await client.chunk(0, wavPiece(0));
    await client.acked(0);
    await own.kill();
    for (let seq = 1; seq <= 10; seq++) await client.chunk(seq, wavPiece(seq));
    await client.next('notice', ({ code }) => code === 'storage_slow');
    await own.restart();
    await client.acked(10);
    expect(seqs(await node.log('away'))).toEqual(['epoch', ...Array.from({ length: 11 }, (_, seq) => seq)]);
    expect((await node.registry.get('away'))?.broadcastId).toBe(broadcastId);
    await worker.close();
    await node.close();
    await own.close();
  });

  it('a client that sends on is made to wait, and loses nothing', async () => {
    const own = await startTestRedis();
    const node = await startNode(own);
    const worker = await startFakeTranscoder(own);
    const client = connect(node, 'wait', await node.addStation('wait'));
    await client.hello();
    await client.chunk(0, wavPiece(0));
    await client.acked(0);
    await own.kill();
    const large = Buffer.alloc(1_000_000, 1);
    for (let seq = 1; seq <= 20; seq++) await client.chunk(seq, large);
    await client.next('notice', ({ code }) => code === 'storage_slow');
    expect(client.socket.bufferedAmount).toBeGreaterThan(0);
    await own.restart();
    await client.acked(20);
    expect(client.socket.bufferedAmount).toBe(0);
    await worker.close();
    await node.close();
    await own.close();
  });

  it('a new connection is refused as internal, and may try again', async () => {
    const own = await startTestRedis();
    const node = await startNode(own);
    const key = await node.addStation('radio');
    await own.kill();
    const client = connect(node, 'radio', key);
    expect(await client.refused()).toMatchObject({ code: 'internal', retryable: true });
    await node.close();
    await own.close();
  });
});
