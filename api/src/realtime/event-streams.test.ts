import { EventLog } from '@awaz/infra/events';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';

let redis: TestRedis;
let handle: RedisHandle;
let nodes: [ApiNode, ApiNode];
let people: People;
let log: EventLog;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  nodes = [await startApiNode(redis), await startApiNode(redis)];
  people = await gatherPeople(nodes[0], handle);
  log = new EventLog(handle);
}, 60_000);

afterAll(async () => {
  people.close();
  await Promise.all(nodes.map((node) => node.close()));
  await redis.close();
});

type Read = { event: string; id: string; data: Record<string, unknown> };

/** Reads an event stream until it is closed. */
async function read(node: 0 | 1, path: string, headers: Record<string, string> = {}) {
  const abort = new AbortController();
  const response = await fetch(`${nodes[node].origin}/api/v1${path}`, { headers, signal: abort.signal });
  const events: Read[] = [];
  let place = '';
  const reading = (async () => {
    let text = '';
    for await (const bytes of response.body ?? []) {
      text += Buffer.from(bytes).toString();
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
        place = fields.get('id') ?? place;
        const data = fields.get('data');
        if (data !== undefined) events.push({ event: fields.get('event') ?? '', id: place, data: JSON.parse(data) });
      }
    }
  })().catch(() => undefined);
  const close = async () => {
    abort.abort();
    await reading;
  };
  return { response, events, place: () => place, close };
}

const say = (station: string, text: string) =>
  log.append(station, 'chat:message', { author: { id: 'g', name: 'Guest', role: 'guest' }, text, at: 1 });

const texts = (events: Read[]) => events.flatMap(({ data }) => data.text ?? []);

describe('event streams', () => {
  it('bring what was missed since the last event on another node, in order and once', async () => {
    await people.addStation('stream');
    const first = await read(0, '/stations/stream/events');
    expect(first.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(first.response.headers.get('x-accel-buffering')).toBe('no');
    await until(() => first.place() !== '', { what: 'the place before the first event' });
    await say('stream', 'a');
    await until(() => texts(first.events).length === 1, { what: 'the first message' });
    const last = first.place();
    await first.close();
    for (const text of ['b', 'c']) await say('stream', text);
    const second = await read(1, '/stations/stream/events', { 'Last-Event-ID': last });
    await until(() => texts(second.events).length === 2, { what: 'what was missed' });
    await say('stream', 'd');
    await until(() => texts(second.events).length === 3, { what: 'what comes' });
    const told = second.events.filter(({ event }) => event === 'chat:message');
    expect(texts(told)).toEqual(['b', 'c', 'd']);
    for (const { id, data } of told) expect(data).toMatchObject({ station: 'stream', id, position: id });
    await second.close();
  });

  it('begin with the newest values, which may not be told again for long', async () => {
    await people.addStation('counted');
    const stream = await read(0, '/stations/counted/events');
    await until(() => stream.events.length === 2, { what: 'both values' });
    const [listeners, likes] = stream.events;
    expect(listeners).toMatchObject({ event: 'stream:listeners', data: { station: 'counted', count: 0, peak: 0 } });
    expect(likes).toMatchObject({ event: 'interaction:like', data: { station: 'counted', count: 0 } });
    await stream.close();
  });

  it('say reset when it cannot be told what was missed', async () => {
    await people.addStation('forgotten');
    for (const place of ['other-1', 'nonsense']) {
      const stream = await read(0, '/stations/forgotten/events', { 'Last-Event-ID': place });
      await until(() => stream.events.length > 0, { what: 'the reset' });
      expect(stream.events[0]).toMatchObject({ event: 'reset', data: { station: 'forgotten' } });
      await stream.close();
    }
  });

  it('are not there for a private station or one that does not exist, and open to its members', async () => {
    await people.addStation('closed', { public: false });
    for (const station of ['closed', 'nowhere', 'NO-SLUG']) {
      const { response, close } = await read(0, `/stations/${station}/events`);
      expect(response.status).toBe(404);
      await close();
    }
    const Authorization = `Bearer ${people.byActor.member.client.token}`;
    const member = await read(0, '/stations/closed/events', { Authorization });
    expect(member.response.status).toBe(200);
    await member.close();
  });

  it('bring the directory', async () => {
    const stream = await read(1, '/events');
    expect(stream.response.status).toBe(200);
    await until(() => stream.place() !== '', { what: 'the place in the directory' });
    await stream.close();
  });
});
