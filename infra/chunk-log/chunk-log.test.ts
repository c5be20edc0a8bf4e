import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BroadcastRegistry, publisherToken } from '../broadcasts/index.ts';
import { cutForPartTarget, parseLadder } from '../contract/index.ts';
import type { RedisHandle } from '../redis/index.ts';
import { startTestRedis, type TestRedis } from '../testkit/index.ts';
import { appendEnd, type ChunkAppend, ChunkLogReader, ChunkLogWriter } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let registry: BroadcastRegistry;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  registry = new BroadcastRegistry(handle);
});

afterAll(() => redis.close());

const request = { takeover: false, ladder: parseLadder('128k'), cut: cutForPartTarget(192), openedBy: 'key1' };

async function openLog(station: string) {
  const token = publisherToken('key1');
  const result = await registry.open(station, { ...request, token });
  if (!('record' in result)) throw new Error(`The station answered ${result.outcome}.`);
  const { broadcastId } = result.record;
  return { broadcastId, writer: new ChunkLogWriter(handle, { station, broadcastId, token }) };
}

const chunk = (seq: number, more: Partial<ChunkAppend> = {}): ChunkAppend => ({
  epoch: 'e1',
  seq,
  capturedAt: 1000 + seq,
  receivedAt: 2000 + seq,
  payload: Buffer.from([0, 255, seq]),
  ...more,
});

describe('the chunk log', () => {
  it('gives back what was appended, byte for byte and in order', async () => {
    const { broadcastId, writer } = await openLog('order');
    await writer.openEpoch('e1', 'audio/webm');
    expect(await writer.append(chunk(0))).toEqual({ outcome: 'stored', nextSeq: 1 });
    expect(await writer.append(chunk(1))).toEqual({ outcome: 'stored', nextSeq: 2 });
    const entries = await new ChunkLogReader(handle, { station: 'order', broadcastId }).range('-', '+');
    expect(entries).toMatchObject([
      { kind: 'epoch', epoch: 'e1', format: 'audio/webm' },
      { kind: 'chunk', epoch: 'e1', seq: 0, capturedAt: 1000, receivedAt: 2000, payload: Buffer.from([0, 255, 0]) },
      { kind: 'chunk', epoch: 'e1', seq: 1, capturedAt: 1001, receivedAt: 2001, payload: Buffer.from([0, 255, 1]) },
    ]);
  });

  it('stores a sequence number once and tells where a gap begins', async () => {
    const { writer } = await openLog('once');
    await writer.openEpoch('e1', 'audio/webm');
    await writer.append(chunk(0));
    expect(await writer.append(chunk(0))).toEqual({ outcome: 'duplicate', nextSeq: 1 });
    expect(await writer.append(chunk(2))).toEqual({ outcome: 'gap', nextSeq: 1 });
    expect(await writer.append(chunk(1, { epoch: 'e0' }))).toMatchObject({ outcome: 'other_epoch' });
  });

  it('remembers for the next connection where the ingest stands', async () => {
    const { writer } = await openLog('position');
    expect(await writer.position()).toBeUndefined();
    await writer.openEpoch('e1', 'audio/webm');
    expect(await writer.position()).toMatchObject({ epoch: 'e1', clientEpoch: 'e1', firstSeq: 0, nextSeq: 0 });
    await writer.append(chunk(0, { clockOffsetMs: -12.5 }));
    expect(await writer.position()).toMatchObject({ nextSeq: 1, capturedAt: 1000, clockOffsetMs: -12.5 });
    await writer.openEpoch('e2', 'audio/webm', { clientEpoch: 'e1', firstSeq: 1 });
    expect(await writer.position()).toMatchObject({ epoch: 'e2', clientEpoch: 'e1', firstSeq: 1, nextSeq: 0 });
  });

  it('stores nothing after the end marker, and the first reason stays', async () => {
    const { broadcastId, writer } = await openLog('end');
    await writer.openEpoch('e1', 'audio/webm');
    expect(await appendEnd(handle, { station: 'end', broadcastId }, 'ended_by_owner')).toBe(true);
    expect(await appendEnd(handle, { station: 'end', broadcastId }, 'failed')).toBe(true);
    expect(await writer.append(chunk(0))).toMatchObject({ outcome: 'ended' });
    const entries = await new ChunkLogReader(handle, { station: 'end', broadcastId }).range('-', '+');
    expect(entries.slice(1)).toMatchObject([{ kind: 'end', reason: 'ended_by_owner' }]);
    expect(await registry.get('end')).toMatchObject({ state: 'live', ending: 'ended_by_owner' });
    const next = await registry.open('end', { ...request, token: publisherToken('key1') });
    expect(next).toEqual({ outcome: 'ending' });
  });

  it('refuses a connection that another publisher replaced', async () => {
    const { writer } = await openLog('replaced');
    await writer.openEpoch('e1', 'audio/webm');
    await registry.open('replaced', { ...request, token: publisherToken('key2'), takeover: true });
    expect(await writer.append(chunk(0))).toMatchObject({ outcome: 'replaced' });
  });
});
