import { fileURLToPath } from 'node:url';
import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, type EventEnvelope, type EventName, parseLadder, type SignedIn } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { eventKeys, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { runProgram, spawnProgram, startTestRedis, type TestProgram, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type GuestMemory, LiveClient, type LiveClientOptions, type LiveNamespace, type StationFeed } from './index.ts';

const built = (path: string) => fileURLToPath(new URL(`../../../api/dist/${path}`, import.meta.url));

let redis: TestRedis;
let handle: RedisHandle;
let log: EventLog;
let api: TestProgram;
let server: string;
const clients: { close(): void }[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  log = new EventLog(handle);
  await startApi('0');
  for (const station of ['radio', 'other', 'forgotten']) await addStation(station);
}, 90_000);

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

afterAll(async () => {
  await api.close();
  await redis.close();
});

const environment = () => ({
  REDIS_URL: redis.url,
  HOST: '127.0.0.1',
  JWT_SECRET: 'the same after a restart, long enough',
});

/** The built API as a program of its own; at the same port as before when that is given. */
async function startApi(port: string): Promise<void> {
  api = spawnProgram(process.execPath, [built('main.js')], { env: { ...environment(), PORT: port } });
  const [, listening] = await api.says(/"port":(\d+)[^\n]*"msg":"listening"/);
  server = `http://127.0.0.1:${listening}`;
}

async function addStation(slug: string, ...more: string[]): Promise<void> {
  const args = [built('stations/cli.js'), 'add', slug, '--json', ...more];
  const { code, stderr } = await runProgram(process.execPath, args, { env: environment() });
  if (code !== 0) throw new Error(String(stderr));
}

async function signUp(name: string): Promise<SignedIn> {
  const body = JSON.stringify({ email: `${name}@example.org`, password: 'correct horse', name });
  const headers = { 'Content-Type': 'application/json' };
  const answer = await fetch(`${server}/api/v1/auth/register`, { method: 'POST', headers, body });
  return (await answer.json()) as SignedIn;
}

const say = (station: string, text: string) =>
  log.append(station, 'chat:message', { author: { id: 'g', name: 'Guest', role: 'guest' }, text, at: Date.now() });

function connect<Namespace extends LiveNamespace = '/'>(
  options: Partial<LiveClientOptions<Namespace>> = {},
): LiveClient<Namespace> {
  const client = new LiveClient({ server, namespace: '/' as Namespace, guestMemory: memory(), ...options });
  clients.push(client);
  return client;
}

function memory(): GuestMemory & { sign?: string } {
  const kept: GuestMemory & { sign?: string } = {
    recall: () => kept.sign,
    remember: (sign) => {
      kept.sign = sign;
    },
  };
  return kept;
}

/** Notes what a feed tells, in order. */
function noteOf(feed: StationFeed) {
  const told: string[] = [];
  feed.on('chat:message', ({ text }: EventEnvelope<'chat:message'>) => told.push(text));
  feed.on('snapshot', ({ isWhole }) => told.push(`snapshot ${isWhole ? 'whole' : 'alone'}`));
  return told;
}

const joined = (feed: StationFeed) => until(() => feed.state === 'joined', { what: 'the station is joined' });

describe('a live client', () => {
  it('follows a private station by the listen token of its page', async () => {
    const { accessToken } = await signUp('keeper');
    const make = async (path: string, body: object) => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${accessToken}` };
      const answer = await fetch(`${server}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await answer.json()) as { token: string };
    };
    await make('/stations', { slug: 'hidden', public: false });
    const { token } = await make('/stations/hidden/listen-tokens', {});
    const [stranger, holder] = [connect().join('hidden'), connect().join('hidden', { listenToken: token })];
    await joined(holder);
    await until(() => stranger.state === 'refused', { what: 'who has no token is refused' });
  });

  it('tells a snapshot, then each event once and in order, over a server that was killed', async () => {
    const guestMemory = memory();
    const client = connect({ guestMemory });
    const states: string[] = [];
    client.onState(({ state }) => states.push(state));
    const feed = client.join('radio');
    const told = noteOf(feed);
    await say('radio', 'before');
    await joined(feed);
    const first = client.you;
    await say('radio', 'a');
    await until(() => told.includes('a'), { what: 'the first message' });
    const { port } = new URL(server);
    await api.end('SIGKILL');
    await until(() => client.state === 'offline', { what: 'the cut is noticed' });
    expect(feed.state).toBe('waiting');
    expect(client.problem).toMatchObject({ code: 'unavailable', retryInMs: expect.any(Number) });
    for (const text of ['b', 'c']) await say('radio', text);
    await startApi(port);
    await joined(feed);
    await say('radio', 'd');
    await until(() => told.includes('d'), { what: 'what comes after' });
    expect(told).toEqual(['snapshot alone', 'a', 'b', 'c', 'snapshot whole', 'd']);
    expect(states.filter((state, index) => state !== states[index - 1])).toEqual(['live', 'offline', 'live']);
    expect(client.you).toEqual(first);
    expect(guestMemory.sign).toContain(first?.id);
  });

  it('says that the snapshot is all there is when the server cannot tell what was missed', async () => {
    const client = connect();
    const feed = client.join('forgotten');
    const told = noteOf(feed);
    await say('forgotten', 'a');
    await joined(feed);
    const { events, eventHead } = eventKeys('forgotten');
    client.renew();
    expect(feed.state).toBe('waiting');
    await handle.commands.del(events, eventHead);
    await say('forgotten', 'b');
    await until(() => told.length === 2, { what: 'the second snapshot' });
    expect(told).toEqual(['snapshot alone', 'snapshot alone']);
  });

  it('joins a private station once it comes as a member', async () => {
    await addStation('closed');
    await handle.commands.hset(stationKeys('closed').station, 'public', '0');
    let token: string | undefined;
    const client = connect({ token: () => token, name: () => 'Someone' });
    const feed = client.join('closed');
    await until(() => feed.state === 'refused', { what: 'the guest is refused' });
    expect(feed.problem?.code).toBe('unknown_station');
    expect(client.you).toMatchObject({ name: 'Someone', role: 'guest' });
    const { accessToken, account } = await signUp('member');
    await handle.commands.hset(stationKeys('closed').people, account.id, 'member');
    token = accessToken;
    client.renew();
    await joined(feed);
    expect(client.you).toMatchObject({ id: account.id, name: 'member' });
    expect(feed.snapshot?.you.station).toBe('member');
  });

  it('asks for a fresh token when the server does not take one, once', async () => {
    const { accessToken } = await signUp('fresh');
    const asked: boolean[] = [];
    const client = connect({
      token: async (needsFresh) => {
        asked.push(needsFresh);
        return needsFresh ? accessToken : 'no token at all';
      },
    });
    await until(() => client.state === 'live', { what: 'the second token is taken' });
    expect(asked).toEqual([false, true]);
    const stubborn = connect({ token: () => 'no token at all' });
    await until(() => stubborn.state === 'refused', { what: 'the same token again is refused for good' });
    expect(stubborn.problem).toMatchObject({ code: 'unauthenticated', retryInMs: undefined });
  });

  it('tries again when the token cannot be had', async () => {
    let attempts = 0;
    const client = connect({
      token: async () => {
        attempts++;
        if (attempts === 1) throw new Error('no network');
        return undefined;
      },
    });
    await until(() => client.state === 'offline', { what: 'the first attempt fails' });
    expect(client.problem?.message).toBe('Connecting failed: no network');
    client.retryNow();
    await until(() => client.state === 'live', { what: 'the second attempt' });
    expect(attempts).toBe(2);
  });

  it('is refused for good where it may not be', async () => {
    const client = connect({ namespace: '/admin' });
    const directory = client.directory();
    await until(() => client.state === 'refused', { what: 'a guest is no administrator' });
    expect(client.problem).toMatchObject({ code: 'unauthenticated', retryInMs: undefined });
    expect(directory.state).toBe('waiting');
  });

  it('answers every call, with or without a connection', async () => {
    const client = connect();
    expect(await client.call('stream:leave', { station: 'radio' })).toMatchObject({
      ok: false,
      error: { code: 'unavailable' },
    });
    await until(() => client.state === 'live', { what: 'the connection' });
    expect(await client.call('stream:leave', { station: 'radio' })).toEqual({ ok: true });
    expect(await client.call('stream:leave', { station: 'NOT A SLUG' })).toMatchObject({
      ok: false,
      error: { code: 'bad_message' },
    });
    client.close();
    client.close();
    expect(client.state).toBe('closed');
    expect(await client.call('stream:leave', { station: 'radio' })).toMatchObject({ ok: false });
  });

  it('sends the figures of its player and learns the clock of the server', async () => {
    const client = connect();
    client.join('radio', {
      session: `~${'s'.repeat(22)}`,
      figures: () => ({ latencyMs: 812.4, bufferMs: -3, stalls: 2, engine: 'hlsjs', kbps: 64 }),
    });
    await until(() => client.clockOffsetMs !== undefined, { what: 'a heartbeat is answered' });
    expect(Math.abs(client.clockOffsetMs ?? 1e9)).toBeLessThan(5000);
    const metrics = await (await fetch(`${server}/metrics`)).text();
    expect(metrics).toMatch(/awaz_socket_calls_total\{event="stream:heartbeat",outcome="ok",program="api"\} [1-9]/);
    expect(metrics).not.toMatch(/awaz_socket_calls_total\{event="stream:heartbeat",outcome="bad_message"/);
  });

  it('follows the directory: all stations first, then who goes on air and off', async () => {
    const client = connect();
    const directory = client.directory();
    const told: string[] = [];
    directory.on('stations', (stations) => {
      told.push(`other is ${stations.find(({ station }) => station === 'other')?.live ? 'live' : 'off air'}`);
    });
    for (const name of ['stream:started', 'stream:stopped'] as const) {
      directory.on(name, ({ station }) => told.push(`${name} ${station}`));
    }
    await until(() => directory.state === 'joined', { what: 'the directory' });
    const registry = new BroadcastRegistry(handle);
    const wish = { token: publisherToken('test'), takeover: false, openedBy: 'test' };
    const opened = await registry.open('other', { ...wish, ladder: parseLadder('64k'), cut: cutForPartTarget(192) });
    if (!('record' in opened)) throw new Error(opened.outcome);
    await registry.markOnAir('other', opened.record.broadcastId);
    await until(() => told.length === 2, { what: 'the start' });
    client.renew();
    await until(() => told.length === 3, { what: 'the list after the cut' });
    await registry.end('other', opened.record.broadcastId, 'ended_by_owner');
    await until(() => told.length === 4, { what: 'the end' });
    expect(told).toEqual(['other is off air', 'stream:started other', 'other is live', 'stream:stopped other']);
  });

  it('tells nothing more of a station that is left, and may join it again', async () => {
    const client = connect();
    const left = client.join('radio');
    const gone: EventName[] = [];
    left.on('chat:message', () => gone.push('chat:message'));
    await joined(left);
    expect(() => client.join('radio')).toThrow(/followed already/);
    left.leave();
    left.leave();
    const feed = client.join('radio');
    const told = noteOf(feed);
    await joined(feed);
    await say('radio', 'to those who are there');
    await until(() => told.includes('to those who are there'), { what: 'the message' });
    expect(gone).toEqual([]);
    expect(left.state).toBe('left');
  });
});
