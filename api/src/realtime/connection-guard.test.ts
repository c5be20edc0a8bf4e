import { ERROR_TABLE } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';
import { openRawLiveSocket, type RawLiveSocket } from '../test/raw-live-socket.ts';

const LIMITS = { sockets: 4, socketsPerAddress: 3, messageBytes: 20_000, callsPerSecond: 20, callBurst: 30 };

let redis: TestRedis;
/** With usual limits, and with {@link LIMITS} behind a proxy. */
let usual: ApiNode;
let narrow: ApiNode;
let people: People;
let log: EventLog;
const open: { close(): void }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  const handle = redis.handle();
  const secret = { JWT_SECRET: 'a secret that both nodes know, long enough' };
  usual = await startApiNode(redis, secret);
  narrow = await startApiNode(redis, { ...secret, TRUST_PROXY: '1' }, { realtime: LIMITS });
  people = await gatherPeople(usual, handle);
  log = new EventLog(handle);
}, 60_000);

afterEach(async () => {
  for (const each of open.splice(0)) each.close();
  for (const node of [usual, narrow]) await until(async () => (await figure(node, 'awaz_live_sockets')) === 0);
});

afterAll(async () => {
  people.close();
  await Promise.all([usual.close(), narrow.close()]);
  await redis.close();
});

async function figure(node: ApiNode, name: string): Promise<number> {
  const text = await (await fetch(`${node.origin}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `) || line.startsWith(name))
      ?.split(' ')
      .at(-1) ?? 0,
  );
}

const dropped = (node: ApiNode, reason: string) =>
  figure(node, `awaz_live_dropped_total{transport="socketio",reason="${reason}",program="api"}`);

const keep = <Kept extends { close(): void }>(kept: Kept): Kept => {
  open.push(kept);
  return kept;
};

const connect = async (node: ApiNode, options: Parameters<typeof connectLive>[1] = {}) =>
  keep(await connectLive(node.origin, options));

async function raw(node: ApiNode, options: Parameters<typeof openRawLiveSocket>[1] = {}): Promise<RawLiveSocket> {
  const opened = await openRawLiveSocket(node.port, options);
  keep({ close: () => opened.socket.terminate() });
  return opened;
}

const from = (address: string) => ({ headers: { 'X-Forwarded-For': address } });
const entered = (socket: RawLiveSocket) =>
  until(() => socket.received.find((text) => text.startsWith('40') || text.startsWith('44')), { what: 'an answer' });

describe('connections', () => {
  it('are refused with a code when one address, or the process, has as many as it may', async () => {
    for (let i = 0; i < 3; i++) expect(await entered(await raw(narrow, from('192.0.2.1')))).toMatch(/^40/);
    expect(await entered(await raw(narrow, from('192.0.2.1')))).toMatch(/^44.*"code":"rate_limited".*"retryAfterMs"/);
    // Refused ones count until they go.
    expect(await entered(await raw(narrow, from('192.0.2.2')))).toMatch(/^44.*"code":"overloaded"/);
    expect(await dropped(narrow, 'too_many_address')).toBe(1);
    expect(await dropped(narrow, 'too_many_total')).toBe(1);
    const { token } = people.byActor.owner.client;
    const owner = await connect(narrow, { namespace: '/studio', auth: { token } });
    expect(owner.socket.connected).toBe(true);
  });

  it('count again once others have gone', async () => {
    const first = [];
    for (let i = 0; i < 3; i++) first.push(await raw(narrow, from('192.0.2.3')));
    first[0]?.socket.terminate();
    await until(async () => (await figure(narrow, 'awaz_live_sockets')) === 2, { what: 'the first is gone' });
    expect(await entered(await raw(narrow, from('192.0.2.3')))).toMatch(/^40/);
  });

  it('end with a code when a message is too large, save where audio comes in', async () => {
    const listener = await raw(narrow);
    await entered(listener);
    listener.send(`42["stream:leave",{"station":"${'x'.repeat(20_000)}"}]`);
    await until(() => listener.closeCode() !== undefined, { what: 'the end of the connection' });
    expect(listener.closeCode()).toBe(ERROR_TABLE.payload_too_large.close);
    expect(await dropped(narrow, 'too_large')).toBe(1);
    const studio = await connect(narrow, { namespace: '/studio' });
    const answer = await studio.call('ingest:open', { station: 'x'.repeat(20_000), format: 'audio/webm' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad_message' } });
    expect(studio.socket.connected).toBe(true);
  });

  it('may send so many events and no more, and are told so', async () => {
    const client = await connect(narrow);
    const codes = await Promise.all(
      Array.from({ length: 60 }, async () => (await client.call('no:such')).error.code as string),
    );
    const refused = codes.filter((code) => code === 'rate_limited').length;
    expect(refused).toBeGreaterThanOrEqual(25);
    expect(refused).toBeLessThanOrEqual(30);
    await until(async () => (await client.call('stream:heartbeat', { station: 'any' })).ok, { what: 'a later event' });
  });

  it('are dropped alone when they are too slow, and come back without a gap', async () => {
    await people.addStation('flood');
    const [healthy, slow] = [await connect(usual), await raw(usual)];
    const { position } = await healthy.call('stream:join', { station: 'flood' });
    await entered(slow);
    slow.send('420["stream:join",{"station":"flood"}]');
    await until(() => slow.received.some((text) => text.startsWith('430')), { what: 'the slow one has joined' });
    slow.freeze();
    const author = { id: 'g', name: 'Guest', role: 'guest' } as const;
    const filler = 'x'.repeat(100_000);
    let sent = 0;
    await until(
      async () => {
        for (let i = 0; i < 10; i++)
          await log.append('flood', 'chat:message', { author, text: `${sent++} ${filler}`, at: 1 });
        return (await dropped(usual, 'too_slow')) === 1;
      },
      { what: 'the slow one is dropped', timeoutMs: 20_000 },
    );
    await until(() => healthy.heard.length === sent, { what: 'the other one hears all' });
    const numbers = Array.from({ length: sent }, (_, number) => number);
    expect(healthy.heard.map(({ data }) => Number(String(data.text).split(' ')[0]))).toEqual(numbers);
    const back: LiveClient = await connect(usual);
    const { missed } = await back.call('stream:join', { station: 'flood', since: position });
    expect(missed.map(({ data }: { data: { text: string } }) => Number(data.text.split(' ')[0]))).toEqual(numbers);
  });

  it('are gone within 30 s when the client is dead', async () => {
    const dead = await raw(usual);
    await entered(dead);
    dead.freeze();
    const since = Date.now();
    await until(async () => (await figure(usual, 'awaz_live_sockets')) === 0, {
      what: 'the dead one is gone',
      timeoutMs: 40_000,
    });
    expect(Date.now() - since).toBeLessThan(30_000);
  });
});
