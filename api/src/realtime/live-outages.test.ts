import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { formatEventId } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { pause } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { StationStore } from '../stations/index.ts';
import { type ApiProgram, startApiProgram } from '../test/api-program.ts';
import { RoamingClient } from '../test/roaming-client.ts';

let redis: TestRedis;
let handle: RedisHandle;
let log: EventLog;
let nodes: ApiProgram[];
let origins: string[];
let clients: RoamingClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  log = new EventLog(handle);
  const environment = { REDIS_URL: redis.url, JWT_SECRET: 'a secret that both nodes know, long enough' };
  nodes = [await startApiProgram(environment), await startApiProgram(environment)];
  origins = await Promise.all(nodes.map(async (node) => `http://127.0.0.1:${await node.listening()}`));
  const bus = new ControlBus(handle);
  await new StationStore({ handle, bus, registry: new BroadcastRegistry(handle) }).add({ slug: 'radio' });
  bus.close();
}, 60_000);

afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all(nodes.map((node) => node.close()));
  await redis.close();
});

/** Sends messages again and again until it is stopped, also while Redis comes and goes; counts those that were kept. */
function keepSending() {
  let kept = 0;
  let done = false;
  const author = { id: 'g', name: 'Guest', role: 'guest' } as const;
  const running = (async () => {
    while (!done) {
      const message = { author, text: `message ${kept}`, at: Date.now() };
      const sent = log.append('radio', 'chat:message', message);
      kept += await sent.then(
        () => 1,
        () => 0,
      );
      await pause(25);
    }
  })();
  const stop = () => {
    done = true;
    return running;
  };
  return { kept: () => kept, stop };
}

describe('live events', () => {
  it('are all told, each once and in order, over a killed node, a restart of Redis and cuts of 10 s', async () => {
    const start = await log.position('radio');
    clients = Array.from({ length: 12 }, (_, index) => new RoamingClient(origins, 'radio', index));
    const allThere = () =>
      until(() => clients.every(({ isThere }) => isThere), { timeoutMs: 30_000, what: 'all follow' });
    await allThere();
    const sending = keepSending();
    const sends = (count: number) =>
      until(() => sending.kept() >= count, { timeoutMs: 30_000, what: `${count} messages` });
    await sends(20);

    nodes[0]?.child.kill('SIGKILL');
    await sends(40);
    await allThere();

    await redis.restart();
    await sends(sending.kept() + 20);

    for (const client of clients.slice(0, 4)) client.cut(10_000);
    await pause(10_000);
    await allThere();
    await sends(sending.kept() + 20);
    await sending.stop();

    const { events, reset } = await log.since('radio', start);
    expect(reset).toBe(false);
    expect(events.length).toBeGreaterThanOrEqual(sending.kept());
    const places = events.map(({ position }) => formatEventId(position));
    await until(() => clients.every(({ told }) => told.length >= places.length), { what: 'all are told everything' });
    for (const { told } of clients) expect(told).toEqual(places);
  });
});
