import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { cutForPartTarget, parseLadder, type WebhookEvent } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { ControlBus, type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { createLogger, Registry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { StationStore } from '../stations/index.ts';
import { startReceiver, type WebhookReceiver } from '../test/webhook-receiver.ts';
import { WebhookService, type WebhookServiceOptions } from './index.ts';
import { webhookSignature } from './webhook-signature.ts';

let redis: TestRedis;
let handle: RedisHandle;
let bus: ControlBus;
let registry: BroadcastRegistry;
let stations: StationStore;
let log: EventLog;
let receiver: WebhookReceiver;
let station = '';
let names = 0;
const closers: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  bus = new ControlBus(handle);
  registry = new BroadcastRegistry(handle);
  stations = new StationStore({ handle, bus, registry });
  log = new EventLog(handle);
});
beforeEach(async () => {
  receiver = await startReceiver();
  station = `hooked-${names++}`;
  await stations.add({ slug: station });
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  await receiver.close();
});
afterAll(async () => {
  bus.close();
  await redis.close();
});

const QUICK = { firstRetryMs: 20, lockMs: 1000, answerWithinMs: 5000 };

/** One process of the API as far as webhooks are concerned. `kill` takes its Redis away from it, as its death would. */
function startProcess(options: Partial<Pick<WebhookServiceOptions, 'times' | 'allowPrivate'>> = {}) {
  const own = redis.handle();
  const ownBus = new ControlBus(own);
  const { times = QUICK, allowPrivate = true } = options;
  const metrics = new Registry();
  const logger = createLogger('webhook-test', 'silent');
  const webhooks = new WebhookService({ handle: own, bus: ownBus, logger, metrics, allowPrivate, times });
  closers.push(() => webhooks.close());
  return Object.assign(webhooks, { metrics, kill: () => own.close() });
}

const hook = (webhooks: WebhookService, events: WebhookEvent[] = ['live', 'ended', 'title'], url = receiver.url) =>
  webhooks.add(station, { url, events });

async function goLive(): Promise<string> {
  const cut = cutForPartTarget(192);
  const wish = { token: publisherToken('key'), takeover: false, ladder: parseLadder('64k'), cut, openedBy: 'key' };
  const opened = await registry.open(station, wish);
  if (!('record' in opened)) throw new Error(opened.outcome);
  await registry.markOnAir(station, opened.record.broadcastId);
  return opened.record.broadcastId;
}

const setTitle = (title: string) =>
  log.append(station, 'stream:metadata', {
    show: null,
    host: null,
    track: { title, artist: '' },
    at: 1_700_000_000_000,
  });

const titlesOf = (messages: { json: { data: { track?: { title: string } } } }[]) =>
  messages.map(({ json }) => json.data.track?.title);

/** The log once it has so many entries. */
const tries = (webhooks: WebhookService, id: string, count: number) =>
  until(
    async () => {
      const all = await webhooks.tries(station, id);
      return all.length >= count && all;
    },
    { timeoutMs: 20_000, what: `${count} tries` },
  );

describe('webhookSignature', () => {
  it('is that of the specification', () => {
    const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1_614_265_330, body: '{"test": 2432232314}' };
    expect(webhookSignature(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], message)).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});

describe('webhooks', () => {
  it('are told of silence, of its getting worse and of its end, and of no other alarm', async () => {
    const one = startProcess();
    await hook(one, ['silence']);
    const broadcastId = await goLive();
    const alarm = { broadcastId, since: 1_700_000_000_000, at: 1_700_000_015_000 };
    await log.append(station, 'stream:alarm', { ...alarm, alarm: 'silence_on_air', level: 'warn' });
    await log.append(station, 'stream:alarm', { ...alarm, alarm: 'clipping', level: 'warn' });
    await log.append(station, 'stream:alarm', { ...alarm, alarm: 'silence_on_air', level: 'off' });
    const messages = await receiver.got(2);
    expect(messages.map(({ json }) => json)).toEqual(
      ['warn', 'off'].map((level) => ({
        ...{ type: 'silence', station, timestamp: '2023-11-14T22:13:35.000Z' },
        data: { ...alarm, level },
      })),
    );
  });

  it('are told that a station is live, of its titles and its end, signed, each once, by several processes', async () => {
    const [one] = [startProcess(), startProcess()];
    const { id, secret } = await hook(one);
    const quiet = await hook(one, ['ended'], `${receiver.url}/quiet`);
    const broadcastId = await goLive();
    await setTitle('A song');
    await receiver.got(2);
    await registry.end(station, broadcastId, 'ended_by_owner');
    await receiver.got(4);
    const told = receiver.received.filter(({ path }) => path === '/hook').map(({ json }) => json);
    expect(new Set(told.map(({ type }) => type))).toEqual(new Set(['live', 'title', 'ended']));
    expect(told.find(({ type }) => type === 'live')).toEqual({
      ...{ type: 'live', station, timestamp: expect.stringMatching(/^20\d\d-/) },
      data: {
        broadcastId,
        title: station,
        host: null,
        startedAt: expect.any(Number),
        url: `/live/${station}/index.m3u8`,
      },
    });
    expect(told.find(({ type }) => type === 'title')).toMatchObject({
      ...{ timestamp: new Date(1_700_000_000_000).toISOString(), data: { track: { title: 'A song' } } },
    });
    expect(told.find(({ type }) => type === 'ended').data).toMatchObject({ broadcastId, reason: 'ended_by_owner' });
    for (const { headers, body, path } of receiver.received) {
      const message = { id: String(headers['webhook-id']), timestamp: Number(headers['webhook-timestamp']), body };
      const key = path === '/hook' ? secret : quiet.secret;
      expect(headers['webhook-signature']).toBe(webhookSignature([key], message));
      expect(Math.abs(message.timestamp - Date.now() / 1000)).toBeLessThan(60);
    }
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(4);
    expect(await tries(one, id, 3)).toMatchObject([{ status: 200 }, { status: 200, error: null, attempt: 1 }, {}]);
  });

  it('are signed by the old secret too for a while after it was rotated', async () => {
    const one = startProcess();
    const { id, secret: first } = await hook(one);
    const { secret: second } = await one.rotate(station, id, 60_000);
    await setTitle('Signed twice');
    await receiver.got(1);
    const { secret: third } = await one.rotate(station, id, 0);
    await setTitle('Signed once');
    const signed = (await receiver.got(2)).map(({ headers, body }) => {
      const message = { id: String(headers['webhook-id']), timestamp: Number(headers['webhook-timestamp']), body };
      const signatures = String(headers['webhook-signature']).split(' ');
      return { signatures, by: (secret: string) => webhookSignature([secret], message) };
    });
    expect(new Set([first, second, third]).size).toBe(3);
    const [twice, once] = signed;
    expect([twice?.signatures, once?.signatures]).toEqual([[twice?.by(second), twice?.by(first)], [once?.by(third)]]);
  });

  it('are tried again with the same id and body until a message is taken, and all of it is in the log', async () => {
    const one = startProcess();
    const { id } = await hook(one);
    receiver.answers = [{ status: 500 }, { status: 302, headers: { Location: receiver.url } }, { status: 204 }];
    await setTitle('Stubborn');
    const [first, second, third] = await receiver.got(3);
    for (const again of [second, third]) {
      expect([again?.body, again?.headers['webhook-id']]).toEqual([first?.body, first?.headers['webhook-id']]);
    }
    const [taken, redirected, failed] = await tries(one, id, 3);
    expect([failed, redirected, taken]).toMatchObject([
      { attempt: 1, status: 500, error: 'answered 500', nextAt: expect.any(Number), type: 'title' },
      { attempt: 2, status: 302, error: 'answered 302; redirects are not followed' },
      { attempt: 3, status: 204, error: null, nextAt: null },
    ]);
    expect((await one.list(station))[0]).toMatchObject({ failingSince: undefined, disabledAt: undefined });
  });

  it('are given up after the last try, which the log tells', async () => {
    const one = startProcess({ times: { ...QUICK, firstRetryMs: 1 } });
    const { id } = await hook(one);
    receiver.answers = [{ status: 503 }];
    await setTitle('Hopeless');
    const [last] = await tries(one, id, 6);
    expect(last).toMatchObject({ attempt: 6, nextAt: null });
    expect((await one.list(station))[0]?.failingSince).toEqual(expect.any(Number));
  }, 120_000);

  it('wait for a receiver for a limited time, and tell why a message did not arrive', async () => {
    const one = startProcess({ times: { ...QUICK, firstRetryMs: 60_000, answerWithinMs: 100 } });
    const { id } = await hook(one);
    receiver.answers = ['never'];
    await setTitle('Slow');
    expect((await tries(one, id, 1))[0]).toMatchObject({ status: null, error: 'no answer within 0.1 s' });
    const nowhere = await hook(one, ['title'], 'http://127.0.0.1:9/');
    await setTitle('Refused');
    expect((await tries(one, nowhere.id, 1))[0]?.error).toContain('ECONNREFUSED');
  });

  it('that say 410 are off, those that fail for long too, until they are switched on again', async () => {
    const one = startProcess({ times: { ...QUICK, disableAfterMs: 0 } });
    const { id } = await hook(one);
    const other = await hook(one, ['title'], `${receiver.url}/other`);
    receiver.answers = [{ status: 410 }];
    await setTitle('Gone');
    await receiver.got(2);
    await until(async () => (await one.list(station)).every(({ disabledAt }) => disabledAt !== undefined), {
      what: 'both are off',
    });
    receiver.answers = [{ status: 500 }];
    await setTitle('Nobody hears this');
    for (const each of [id, other.id]) await one.change(station, each, { enabled: true });
    await setTitle('Failing');
    await receiver.got(2, 'title');
    const off = await until(async () => {
      const all = await one.list(station);
      return all.every(({ disabledAt }) => disabledAt !== undefined) && all;
    });
    expect(off.map(({ disabledReason }) => disabledReason?.slice(0, 24))).toEqual(
      Array(2).fill('nothing was taken since '),
    );
    receiver.answers = [{ status: 200 }];
    await one.change(station, id, { enabled: true, events: ['title', 'live', 'title'] });
    await setTitle('Well again');
    await until(() => titlesOf(receiver.received).includes('Well again'), { what: 'it is told again' });
    expect((await one.list(station))[0]).toMatchObject({ events: ['live', 'title'], disabledReason: undefined });
    expect(titlesOf(receiver.received)).not.toContain('Nobody hears this');
  });

  it('miss nothing while no process is there, and get nothing twice when events are taken up again', async () => {
    const first = startProcess();
    const { id } = await hook(first);
    await setTitle('Before');
    await receiver.got(1);
    const cursor = (await handle.commands.get(stationKeys(station).webhookCursor)) ?? '';
    await first.close();
    for (const title of ['One', 'Two', 'Three']) await setTitle(title);
    const second = startProcess();
    await receiver.got(4);
    // As if the process had died after it had queued all of them, and before it noted that.
    await tries(second, id, 4);
    await handle.commands.set(stationKeys(station).webhookCursor, cursor);
    await bus.publish({ type: 'station_changed', station });
    await setTitle('Last');
    await receiver.got(5);
    expect(titlesOf(receiver.received).sort()).toEqual(['Before', 'Last', 'One', 'Three', 'Two']);
  });

  it('get a message from another process when the one that was sending it dies', async () => {
    const doomed = startProcess();
    const { id } = await hook(doomed);
    receiver.answers = ['never', { status: 200 }];
    await setTitle('Orphan');
    await receiver.got(1);
    const heir = startProcess();
    await doomed.kill();
    const [before, after] = await receiver.got(2);
    expect([after?.headers['webhook-id'], after?.body]).toEqual([before?.headers['webhook-id'], before?.body]);
    expect((await tries(heir, id, 1))[0]).toMatchObject({ error: null, status: 200 });
    await setTitle('To the heir');
    await until(() => titlesOf(receiver.received).includes('To the heir'), {
      timeoutMs: 20_000,
      what: 'the heir leads',
    });
  });

  it('give a message back at once when their process goes down', async () => {
    const leaving = startProcess({ times: { ...QUICK, lockMs: 600_000 } });
    await hook(leaving);
    receiver.answers = ['never', { status: 200 }];
    await setTitle('Handed on');
    await receiver.got(1);
    startProcess();
    await leaving.close();
    await receiver.got(2);
  });

  it('are told of what happens after they were made, and not after they were removed', async () => {
    const one = startProcess();
    await setTitle('Too early');
    const { id } = await hook(one);
    await setTitle('In time');
    await receiver.got(1);
    await one.remove(station, id);
    await setTitle('Too late');
    const other = await hook(one);
    await setTitle('For another');
    await tries(one, other.id, 1);
    expect(titlesOf(receiver.received)).toEqual(['In time', 'For another']);
    await expect(one.tries(station, id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are five at most', async () => {
    const one = startProcess();
    for (let made = 0; made < 5; made++) await hook(one);
    await expect(hook(one)).rejects.toMatchObject({ code: 'limit_reached' });
    await expect(one.add('nowhere', { url: receiver.url, events: ['live'] })).rejects.toMatchObject({
      code: 'unknown_station',
    });
  });

  it('lead to the public internet only, whatever a name says', async () => {
    const one = startProcess({ allowPrivate: false });
    for (const url of [
      receiver.url,
      'http://[::1]/',
      'http://169.254.169.254/latest',
      'http://0x7f.1:80/',
      'http://u:p@a.org/',
    ]) {
      await expect(hook(one, ['title'], url)).rejects.toMatchObject({ code: 'bad_request' });
    }
    const { id } = await hook(one, ['title'], receiver.url.replace('127.0.0.1', 'localhost'));
    expect(await one.test(station, id)).toMatchObject({
      ...{ status: null, error: 'localhost is no address of the public internet', type: 'test' },
    });
    expect(receiver.received).toEqual([]);
  });
});
