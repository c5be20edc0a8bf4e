import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ChunkLogWriter } from '../chunk-log/index.ts';
import { cutForPartTarget, parseLadder } from '../contract/index.ts';
import { type RedisHandle, stationKeys } from '../redis/index.ts';
import { startTestRedis, type TestRedis } from '../testkit/index.ts';
import { BroadcastRegistry, type OpenRequest, publisherToken } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let registry: BroadcastRegistry;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  registry = new BroadcastRegistry(handle);
});

afterAll(() => redis.close());

const request = (token: string, more: Partial<OpenRequest> = {}): OpenRequest => ({
  token,
  takeover: false,
  ladder: parseLadder('64k,128k'),
  cut: cutForPartTarget(192),
  openedBy: token.split(':')[0] ?? '',
  ...more,
});

async function opened(station: string, token: string, more: Partial<OpenRequest> = {}) {
  const result = await registry.open(station, request(token, more));
  if (!('record' in result)) throw new Error(`The station answered ${result.outcome}.`);
  return result;
}

describe('BroadcastRegistry', () => {
  it('remembers whether playlists list parts, and reads records that do not say', async () => {
    await opened('old', publisherToken('key1'), { lowLatency: false });
    expect(await registry.get('old')).toMatchObject({ lowLatency: false });
    const { live } = stationKeys('old');
    const { lowLatency: _, ...facts } = JSON.parse(String(await handle.commands.hget(live, 'facts')));
    await handle.commands.hset(live, 'facts', JSON.stringify(facts));
    expect(await registry.get('old')).toMatchObject({ lowLatency: true, cut: cutForPartTarget(192) });
  });

  it('begins a broadcast once and continues it for whoever publishes next', async () => {
    const first = await opened('one', publisherToken('key1'));
    expect(first).toMatchObject({ outcome: 'opened', replacedToken: undefined, record: { onAir: false } });
    const token = String(await handle.commands.get(stationKeys('one').publisher));
    await registry.release('one', token);
    const second = await opened('one', publisherToken('key2'));
    expect(second.outcome).toBe('continued');
    expect(second.record.broadcastId).toBe(first.record.broadcastId);
  });

  it('gives ids that are never made of digits only', async () => {
    const { record } = await opened('ids', publisherToken('key1'));
    expect(record.broadcastId).toMatch(/^b[0-9a-f]{16}$/);
  });

  it('answers busy to a second publisher unless it takes over', async () => {
    const holder = publisherToken('key1');
    await opened('busy', holder);
    const other = publisherToken('key2');
    expect(await registry.open('busy', request(other))).toEqual({ outcome: 'busy' });
    expect(await opened('busy', other, { takeover: true })).toMatchObject({ replacedToken: holder });
    expect(await registry.renew('busy', holder)).toBe(false);
  });

  it('lets a resume with the open epoch replace its predecessor, whatever key it comes with', async () => {
    const before = publisherToken('key1');
    const { record } = await opened('resume', before);
    const { broadcastId } = record;
    await new ChunkLogWriter(handle, { station: 'resume', broadcastId, token: before }).openEpoch('e1', 'audio/aac');
    const after = publisherToken('key2');
    expect(await opened('resume', after, { resume: { broadcastId, epoch: 'e1' } })).toMatchObject({
      outcome: 'continued',
      replacedToken: before,
    });
    const third = request(publisherToken('key1'), { resume: { broadcastId, epoch: 'e0' } });
    expect(await registry.open('resume', third)).toEqual({ outcome: 'other_epoch' });
  });

  it('lets a resume without an epoch replace a publisher with the same key only', async () => {
    const before = publisherToken('key1');
    const { broadcastId } = (await opened('same', before)).record;
    expect(await registry.open('same', request(publisherToken('key'), { resume: { broadcastId } }))).toEqual({
      outcome: 'busy',
    });
    expect(await opened('same', publisherToken('key1'), { resume: { broadcastId } })).toMatchObject({
      replacedToken: before,
    });
  });

  it('refuses to resume a broadcast that is unknown, ending or over, and begins none instead', async () => {
    const resume = { broadcastId: 'bffffffffffffffff' };
    expect(await registry.open('none', request('key1:a', { resume }))).toEqual({ outcome: 'no_broadcast' });
    expect(await registry.get('none')).toBeUndefined();
  });

  it('gives back a lease that ran out only while nobody else has published', async () => {
    const token = publisherToken('key1');
    const { broadcastId } = (await opened('lease', token)).record;
    await new ChunkLogWriter(handle, { station: 'lease', broadcastId, token }).openEpoch('e1', 'audio/aac');
    await handle.commands.del(stationKeys('lease').publisher);
    expect(await registry.renew('lease', token)).toBe(false);
    expect(await registry.reclaim('lease', { broadcastId, epoch: 'e1', token })).toBe(true);
    expect(await registry.renew('lease', token)).toBe(true);
    await opened('lease', publisherToken('key2'), { takeover: true });
    expect(await registry.reclaim('lease', { broadcastId, epoch: 'e1', token })).toBe(false);
  });
});
