import { createLogger, createRegistry } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { TestClient } from '../test/ingest-client.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';
import { Admission } from './index.ts';

const NOBODY = { listening: 0, listens: () => false, listensAnywhere: async () => false };

let redis: TestRedis;
let node: TestNode;
let admission: Admission;
let transcoder: { close(): Promise<void> };
const clients: TestClient[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.close());
beforeEach(async () => {
  transcoder = await startFakeTranscoder(redis);
  const limits = { maxListeners: 1, maxPublishers: 2, maxUtilization: 1 };
  const metrics = createRegistry('test');
  admission = new Admission({ limits, listeners: NOBODY, metrics, logger: createLogger('test', 'silent') });
  node = await startNode(redis, { admission: admission.ofPublishers });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.cut();
  await node.close();
  admission.close();
  await transcoder.close();
});

let stations = 0;
async function owner() {
  const station = `place-${stations++}`;
  const key = await node.addStation(station);
  return () => {
    const client = new TestClient(node.host, station, { key });
    clients.push(client);
    return client;
  };
}

it('a node with as many publishers as it may have tells server_full to the next, and when to come back', async () => {
  for (let i = 0; i < 2; i++) await (await owner())().hello();
  const third = (await owner())();
  await third.send(JSON.stringify({ type: 'hello', format: 'audio/wav' }));
  expect(await third.refused()).toMatchObject({
    ...{ code: 'server_full', close: 4001, retryable: true, retryAfterMs: 3000 },
    message: expect.stringContaining('(2)'),
  });
  expect(admission.state).toEqual({ busy: false, full: ['publisher'] });
});

it('of many at once as many are let in as there are places', async () => {
  const owners = await Promise.all(Array.from({ length: 8 }, () => owner()));
  const asking = owners.map((connect) => connect());
  await Promise.all(asking.map((client) => client.send(JSON.stringify({ type: 'hello', format: 'audio/wav' }))));
  await until(() => asking.every(({ messages }) => messages.some(({ type }) => type === 'ready' || type === 'error')));
  const kinds = asking.map(({ messages }) => messages.find(({ type }) => type !== 'quality')?.type);
  expect(kinds.filter((kind) => kind === 'ready')).toHaveLength(2);
  expect(admission.publishers.taken).toBe(2);
});

it('a broadcast that runs is continued on a full node, and its place is given back when it ends', async () => {
  const [first, second] = [await owner(), await owner()];
  const { broadcastId, epoch } = await first().hello();
  await second().hello();
  const again = first();
  const ready = await again.hello({ resume: { broadcastId, epoch } });
  expect(ready.broadcastId).toBe(broadcastId);
  await again.end();
  await again.closed;
  await until(() => admission.publishers.taken === 1, { what: 'its place is free' });
  await (await owner())().hello();
});

it('a place is given back when the opening failed', async () => {
  const connect = await owner();
  const resume = { broadcastId: 'b0123456789abcdef', epoch: 'e1' };
  const client = connect();
  await client.send(JSON.stringify({ type: 'hello', format: 'audio/wav', resume }));
  expect((await client.refused()).code).toBe('resume_refused');
  await until(() => admission.publishers.taken === 0, { what: 'its place is free' });
});
