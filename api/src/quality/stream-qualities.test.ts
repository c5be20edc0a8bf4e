import { formatEventId, type StreamQuality } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { QualityBoard } from '@awaz/infra/quality';
import type { RedisHandle } from '@awaz/infra/redis';
import { createLogger, Registry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive } from '../test/live-client.ts';
import { StreamQualities } from './index.ts';
import { UNMEASURED } from './stream-quality.ts';

let redis: TestRedis;
let handle: RedisHandle;
let board: QualityBoard;
const processes: StreamQualities[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  board = new QualityBoard(handle);
});
afterAll(async () => {
  for (const each of processes) each.close();
  await redis.close();
});

function startProcess(): StreamQualities {
  const logger = createLogger('quality-test', 'silent');
  const qualities = new StreamQualities({ handle: redis.handle(), logger, metrics: new Registry() });
  processes.push(qualities);
  return qualities;
}

const session = (n: number) => `~${String(n).padStart(22, 's')}`;

describe('StreamQualities', () => {
  it('brings together what ingest, encoder and the listeners of all processes tell', async () => {
    const [one, other] = [startProcess(), startProcess()];
    await board.tell('both', 'ingest', { kbps: 96, jitterMs: 4, rttMs: 20, lostChunks: 0, levelDbfs: null, other: 1 });
    await board.tell('both', 'encoder', {
      speed: 1.02,
      delayMs: 210,
      sound: { levelDbfs: -12, silentMs: 0, alarms: {} },
    });
    for (let page = 0; page < 10; page++) {
      const process = page % 2 === 0 ? one : other;
      process.heard({ station: 'both', session: session(page), latencyMs: 600, stalls: page === 0 ? 2 : 0 });
    }
    const isWhole = ({ listeners }: StreamQuality) => listeners.stallRatio === 0.1;
    const quality = await until(async () => {
      const known = await one.qualityOf('both');
      return isWhole(known) && known;
    });
    expect(quality).toMatchObject({
      ingest: { ...UNMEASURED.ingest, kbps: 96, jitterMs: 4, rttMs: 20, lostChunks: 0, levelDbfs: -12, silentMs: 0 },
      encoder: { speed: 1.02, delayMs: 210 },
    });
    expect(Object.keys(quality.ingest)).toEqual(Object.keys(UNMEASURED.ingest));
    const { p50, p95 } = quality.listeners.latencyMs;
    for (const latency of [p50, p95]) expect(Math.abs((latency ?? 0) - 600)).toBeLessThan(13);
  });

  it('tells whoever watches on any process, and once that nothing is measured any more', async () => {
    const [one, other] = [startProcess(), startProcess()];
    const heard: StreamQuality[] = [];
    const stop = one.watch('ends', (quality) => heard.push(quality));
    other.heard({ station: 'ends', session: session(1), latencyMs: 100 });
    await until(() => heard.some(({ listeners }) => listeners.latencyMs.p50 !== null), { what: 'the listener' });
    other.close(); // as a process that died
    await until(() => JSON.stringify(heard.at(-1)) === JSON.stringify(UNMEASURED), { what: 'nobody is measured' });
    const told = heard.length;
    await until(async () => {
      await board.tell('ends', 'encoder', { speed: 1, delayMs: 1 });
      return heard.length > told;
    });
    expect(heard[told]?.encoder).toEqual({ speed: 1, delayMs: 1 });
    stop();
    stop();
  });

  it('counts heartbeats that it cannot use', async () => {
    const metrics = new Registry();
    const logger = createLogger('quality-test', 'silent');
    const qualities = new StreamQualities({ handle, logger, metrics });
    processes.push(qualities);
    qualities.heard({ station: 'anonymous', latencyMs: 100 });
    expect(await metrics.metrics()).toContain('awaz_quality_uncounted_heartbeats_total 1');
  });
});

describe('the quality of a stream', () => {
  let nodes: [ApiNode, ApiNode];
  let people: People;

  beforeAll(async () => {
    const secret = { JWT_SECRET: 'a secret that both nodes know, long enough' };
    nodes = [await startApiNode(redis, secret), await startApiNode(redis, secret)];
    people = await gatherPeople(nodes[0], handle);
    await people.addStation('staff');
  }, 60_000);
  afterAll(async () => {
    people.close();
    for (const node of nodes) await node.close();
  });

  it('is told to staff alone, on all nodes, with what pages say in their heartbeats', async () => {
    const { moderator, account } = people.byActor;
    const watcher = await connectLive(nodes[1].origin, { auth: { token: moderator.client.token } });
    const others = [
      await connectLive(nodes[0].origin),
      await connectLive(nodes[1].origin, { auth: { token: account.client.token } }),
    ];
    const told: Record<string, unknown>[] = [];
    const leaked: unknown[] = [];
    watcher.socket.on('stream:quality', (event) => told.push(event));
    for (const { socket } of others) socket.on('stream:quality', (event) => leaked.push(event));
    for (const client of [watcher, ...others]) await client.call('stream:join', { station: 'staff' });
    const report = { station: 'staff', session: session(7), latencyMs: 480, stalls: 1 };
    expect((await others[0]?.call('stream:heartbeat', report))?.ok).toBe(true);
    const event = await until(
      () => told.find(({ listeners }) => (listeners as StreamQuality['listeners']).stallRatio === 1),
      { what: 'the moderator hears of it' },
    );
    expect(event).toMatchObject({ station: 'staff', ingest: UNMEASURED.ingest, encoder: UNMEASURED.encoder });
    expect((await moderator.client.ask('/stations/staff/quality')).body.listeners).toEqual(event.listeners);
    expect((await account.client.ask('/stations/staff/quality')).body.code).toBe('forbidden');
    expect(leaked).toEqual([]);
    for (const client of [watcher, ...others]) client.close();
  });

  it('raises alarms that are told to staff alone, also to those who come later, on sockets and in event streams', async () => {
    await people.addStation('alarmed');
    const { moderator, account } = people.byActor;
    const log = new EventLog(handle);
    const since = formatEventId(await log.position('alarmed'));
    const join = { station: 'alarmed', since };
    const watcher = await connectLive(nodes[1].origin, { auth: { token: moderator.client.token } });
    const other = await connectLive(nodes[0].origin, { auth: { token: account.client.token } });
    const heard: { watcher: unknown[]; other: string[] } = { watcher: [], other: [] };
    watcher.socket.on('stream:alarm', (event) => heard.watcher.push(event));
    other.socket.onAny((name) => heard.other.push(name));
    for (const client of [watcher, other]) await client.call('stream:join', join);
    const alarm = { broadcastId: 'b1', alarm: 'clipping', level: 'warn', since: 1, at: 2 } as const;
    await log.append('alarmed', 'stream:alarm', alarm);
    await log.append('alarmed', 'chat:settings', { mode: 'open', slowSeconds: 0, links: 'staff' } as never);
    await until(() => heard.watcher.length === 1 && heard.other.includes('chat:settings'), { what: 'both have heard' });
    expect(heard.watcher).toEqual([expect.objectContaining({ ...alarm, station: 'alarmed' })]);
    expect(heard.other).not.toContain('stream:alarm');
    const missedBy = async (client: typeof watcher) =>
      ((await client.call('stream:join', join)) as { missed?: { event: string }[] }).missed?.map(({ event }) => event);
    expect(await missedBy(watcher)).toEqual(['stream:alarm', 'chat:settings']);
    expect(await missedBy(other)).toEqual(['chat:settings']);
    const textOf = (token: string | undefined) =>
      streamBeginning(`${nodes[0].origin}/api/v1/stations/alarmed/events?since=${since}`, token);
    expect(await textOf(moderator.client.token)).toContain('stream:alarm');
    expect(await textOf(undefined)).not.toContain('stream:alarm');
    for (const client of [watcher, other]) client.close();
  });
});

/** What an event stream brings up to the settings of the chat. */
async function streamBeginning(url: string, token: string | undefined): Promise<string> {
  const abort = new AbortController();
  const headers: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const response = await fetch(url, { headers, signal: abort.signal });
  let text = '';
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes('event: chat:settings')) break;
  }
  abort.abort();
  return text;
}
