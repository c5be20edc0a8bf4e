import { cutForPartTarget, PROFILES } from '@awaz/infra/contract';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TestClient } from '../test/ingest-client.ts';
import { wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';

let redis: TestRedis;
let node: TestNode;
let transcoder: { close(): Promise<void> };

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startNode(redis);
  transcoder = await startFakeTranscoder(redis);
});

afterAll(async () => {
  await transcoder.close();
  await node.close();
  await redis.close();
});

/** Publishes one chunk; the record of the broadcast that it belongs to. */
async function recordAfterChunk(station: string, key: string) {
  const client = new TestClient(node.host, station, { key, type: 'audio/wav' });
  await client.send(wavPiece(0));
  await client.acked(0);
  client.cut();
  return node.registry.get(station);
}

describe('the profile of a broadcast', () => {
  it('is that of the server for a station without one', async () => {
    const record = await recordAfterChunk('plain', await node.addStation('plain'));
    expect(record).toMatchObject({ cut: cutForPartTarget(192), lowLatency: true });
  });

  it('is the station’s own, and stays when the station changes while it is on air', async () => {
    const key = await node.addStation('old');
    await node.stations.change('old', { profile: 'classic' });
    const first = await recordAfterChunk('old', key);
    expect(first).toMatchObject(PROFILES.classic);
    await node.stations.change('old', { profile: 'ultra' });
    expect(await recordAfterChunk('old', key)).toMatchObject({ broadcastId: first?.broadcastId, ...PROFILES.classic });
  });
});

describe('the ladder of a broadcast', () => {
  it('is the station’s own, else that of the server', async () => {
    const plain = await recordAfterChunk('same', await node.addStation('same'));
    expect(plain?.ladder.map(({ name }) => name)).toEqual(['64k', '128k']);
    const key = await node.addStation('own');
    await node.stations.change('own', { ladder: '32k,96k' });
    expect((await recordAfterChunk('own', key))?.ladder).toEqual([
      { name: '32k', kbps: 32 },
      { name: '96k', kbps: 96 },
    ]);
  });
});

describe('the limiter of a broadcast', () => {
  it('is on, unless its station has it off', async () => {
    const key = await node.addStation('limited');
    expect((await recordAfterChunk('limited', key))?.limiter).toBe(true);
    const loose = await node.addStation('loose');
    await node.stations.change('loose', { limiter: false });
    expect((await recordAfterChunk('loose', loose))?.limiter).toBe(false);
  });
});

describe('late audio of a broadcast', () => {
  it('is dropped, or kept where the station says so', async () => {
    expect(await recordAfterChunk('drops', await node.addStation('drops'))).toMatchObject({ lateAudio: 'drop' });
    const key = await node.addStation('keeps');
    await node.stations.change('keeps', { lateAudio: 'keep' });
    expect(await recordAfterChunk('keeps', key)).toMatchObject({ lateAudio: 'keep' });
  });
});
