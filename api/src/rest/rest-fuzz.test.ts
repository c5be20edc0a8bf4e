import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People, type Person } from '../test/api-people.ts';
import { fitting, HOSTILE_TEXTS, hostile, type JsonSchema, nearlyFitting } from '../test/schema-arbitrary.ts';

/** Runs that found something are kept by their seed here; each is run again. */
const SEEDS = [20_261_125, 1, 4];

/** Requests for each route and seed. */
const RUNS = 25;

/** Must not reach anybody but administrators and their own. */
const SECRETS = ['victim-secret', 'A title nobody may read', '$argon2id', 'passwordHash'];

type Parameter = { name: string; in: 'path' | 'query' | 'header'; schema: JsonSchema };
type Operation = {
  parameters: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, unknown>;
};
type Target = Operation & { method: string; path: string };
type Wish = { who: string; values: Record<string, unknown>; body: unknown; garbled: boolean };

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let victim: ApiClient;
let victimId: string;
let key: string;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis, {}, { scale: 1e6 });
  people = await gatherPeople(node, handle);
  victim = new ApiClient(node.origin);
  victimId = (await victim.register('victim-secret')).body.account.id;
  await people.stations.add({ slug: 'private', title: 'A title nobody may read', public: false, ownerId: victimId });
  key = await people.addStation('open');
});
afterAll(async () => {
  people.close();
  await node.close();
  await redis.close();
});

function wishFor({ parameters, requestBody }: Operation): fc.Arbitrary<Wish> {
  const values = Object.fromEntries(
    parameters.map(({ name, schema }) => [
      name,
      fc.oneof(fitting(schema), fc.constantFrom('open', 'private', victimId, ...HOSTILE_TEXTS), fc.string()),
    ]),
  );
  const schema = requestBody?.content['application/json']?.schema;
  const body =
    schema === undefined ? fc.constant(undefined) : fc.oneof(fitting(schema), nearlyFitting(schema), hostile());
  const who = fc.constantFrom('guest', 'garbage', 'key', ...Object.keys(people.byActor));
  return fc.record({
    who,
    values: fc.record(values),
    body,
    garbled: fc.boolean().map((yes) => yes && body !== undefined),
  });
}

async function tokenOf(who: string): Promise<string | undefined> {
  if (who === 'guest') return undefined;
  if (who === 'garbage') return 'eyJhbGciOiJIUzI1NiJ9.e30.x';
  if (who === 'key') return key;
  const person = people.byActor[who as keyof People['byActor']];
  return freshToken(person);
}

/** Earlier requests may have signed somebody out, or disabled them. */
async function freshToken({ client, email, password }: Person): Promise<string | undefined> {
  if ((await client.ask('/me')).status === 200) return client.token;
  const { status, body } = await new ApiClient(node.origin).post('/auth/login', { email, password });
  if (status === 200) client.token = body.accessToken;
  return client.token;
}

async function ask({ method, path, parameters }: Target, wish: Wish) {
  const text = (name: string) => {
    const value = wish.values[name];
    return (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).replaceAll(/\p{Surrogate}/gu, '');
  };
  const url = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(text(name)) || 'x');
  const query = new URLSearchParams(
    parameters.filter((each) => each.in === 'query').map(({ name }): [string, string] => [name, text(name)]),
  );
  const token = await tokenOf(wish.who);
  const body = wish.body === undefined ? undefined : JSON.stringify(wish.body);
  const abort = new AbortController();
  const answer = await fetch(`${node.origin}${url}?${query}`, {
    method,
    signal: abort.signal,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(/^[\x21-\x7e]+$/.test(text('Idempotency-Key')) ? { 'Idempotency-Key': text('Idempotency-Key') } : {}),
    },
    ...(body === undefined ? {} : { body: wish.garbled ? body.slice(0, -1) : body }),
  });
  const type = answer.headers.get('content-type') ?? '';
  const read = /json/.test(type) ? await answer.text() : '';
  abort.abort(); // streams have no end
  return { status: answer.status, type, text: read };
}

function judge(operation: Operation, wish: Wish, { status, type, text }: Awaited<ReturnType<typeof ask>>): void {
  expect([status, text]).not.toEqual([500, text]);
  if (status >= 400) {
    expect(type).toContain('application/problem+json');
    const { code } = JSON.parse(text) as { code: ErrorCode };
    expect(ERROR_TABLE[code].status).toBe(status);
  }
  // Which path a hostile value makes of the address is not the document's business.
  const isOther = status === 404 || status === 405;
  if (!isOther) expect(Object.keys(operation.responses)).toContain(String(status));
  if (wish.who === 'admin') return;
  const sent = JSON.stringify([wish.values, wish.body]);
  for (const secret of SECRETS) if (!sent.includes(secret)) expect(text).not.toContain(secret);
}

describe('requests made of the OpenAPI document', () => {
  it('never break anything, and never bring what belongs to somebody else', async () => {
    const { body: document } = await new ApiClient(node.origin).ask('/openapi.json');
    const paths = Object.entries(document.paths as Record<string, Record<string, Operation>>);
    expect(paths.length).toBeGreaterThan(10);
    for (const [path, methods] of paths) {
      for (const [method, operation] of Object.entries(methods)) {
        const property = fc.asyncProperty(wishFor(operation), async (wish) => {
          judge(operation, wish, await ask({ ...operation, method: method.toUpperCase(), path }, wish));
        });
        for (const seed of SEEDS) await fc.assert(property, { seed, numRuns: RUNS, endOnFailure: true });
      }
    }
    expect((await victim.ask('/me')).body.email).toContain('victim-secret');
  }, 300_000);
});
