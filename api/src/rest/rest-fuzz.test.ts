import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { artworkRouter } from '../artwork/index.ts';
import { eventStreamRouter } from '../realtime/event-stream-router.ts';
import { allRoutes } from '../routes.ts';
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
type Wish = { who: string; values: Record<string, unknown>; body: unknown; type: string; garbled: boolean };

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let victim: ApiClient;
let victimId: string;
let key: string;
/** Ids of what the victim has, on its private station. */
let foreignIds: string[];

/** Routes that the document does not hold: their answers are no JSON. */
const text = { type: 'string' };
const UNWRITTEN: Record<string, Parameter[]> = {
  '/api/v1/events': [{ name: 'since', in: 'query', schema: text }],
  '/api/v1/stations/{station}/events': [
    { name: 'station', in: 'path', schema: text },
    { name: 'since', in: 'query', schema: text },
    { name: 'token', in: 'query', schema: text },
  ],
  '/artwork/{station}/{file}': ['station', 'file'].map((name) => ({ name, in: 'path', schema: text })),
};

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis, {}, { scale: 1e6 });
  people = await gatherPeople(node, handle);
  victim = new ApiClient(node.origin);
  victimId = (await victim.register('victim-secret')).body.account.id;
  await people.stations.add({ slug: 'private', title: 'A title nobody may read', public: false, ownerId: victimId });
  key = await people.addStation('open');
  foreignIds = await leaveTraces();
});
/** Something of every kind that may belong to a private station. */
async function leaveTraces(): Promise<string[]> {
  const of = (path: string) => `/stations/private${path}`;
  const made = [
    await victim.post(of('/keys'), { label: 'victim-secret key' }),
    await victim.post(of('/listen-tokens'), { label: 'victim-secret token' }),
    await victim.post(of('/webhooks'), { url: 'https://victim-secret.example.org', events: ['live'] }),
    await victim.ask(of('/chat/settings'), { method: 'PATCH', body: { words: ['victim-secret'] } }),
  ];
  expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 200]);
  return made.flatMap(({ body }) => (typeof body.id === 'string' ? [body.id as string] : []));
}
afterAll(async () => {
  people.close();
  await node.close();
  await redis.close();
});

/** Bytes that may or may not be a picture: a real beginning with anything behind it. */
function picture(): fc.Arbitrary<Buffer> {
  const beginnings = ['', '\x89PNG\r\n\x1a\n', '\xff\xd8\xff\xe0', 'RIFF\x10\x00\x00\x00WEBPVP8 ', 'GIF89a', '<svg '];
  return fc
    .tuple(fc.constantFrom(...beginnings), fc.uint8Array({ maxLength: 400 }))
    .map(([beginning, rest]) => Buffer.concat([Buffer.from(beginning, 'latin1'), rest]));
}

function bytesOf({ body, garbled }: Wish): Buffer | undefined {
  if (body === undefined) return undefined;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body) ?? '');
  return garbled ? bytes.subarray(0, -1) : bytes;
}

function wishFor({ parameters, requestBody }: Operation): fc.Arbitrary<Wish> {
  const values = Object.fromEntries(
    parameters.map(({ name, schema }) => [
      name,
      fc.oneof(
        fitting(schema),
        fc.constantFrom('open', 'private', victimId, ...foreignIds, ...HOSTILE_TEXTS),
        fc.string(),
      ),
    ]),
  );
  const [type = '', { schema } = { schema: undefined }] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const json = () =>
    schema === undefined ? fc.constant(undefined) : fc.oneof(fitting(schema), nearlyFitting(schema), hostile());
  const body = type === 'application/json' || type === '' ? json() : picture();
  const who = fc.constantFrom('guest', 'garbage', 'key', ...Object.keys(people.byActor));
  return fc.record({
    who,
    values: fc.record(values),
    body,
    type: fc.constantFrom(type, type, type, 'application/json'),
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
  const body = bytesOf(wish);
  const abort = new AbortController();
  const answer = await fetch(`${node.origin}${url}?${query}`, {
    method,
    signal: abort.signal,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': wish.type || 'application/json' }),
      ...(/^[\x21-\x7e]+$/.test(text('Idempotency-Key')) ? { 'Idempotency-Key': text('Idempotency-Key') } : {}),
    },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
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

type Paths = Record<string, Record<string, Operation>>;

async function allTargets(): Promise<Target[]> {
  const { body: document } = await new ApiClient(node.origin).ask('/openapi.json');
  const written = Object.entries(document.paths as Paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ ...operation, method: method.toUpperCase(), path })),
  );
  const responses = Object.fromEntries([200, 401, 403, 404, 429, 503].map((status) => [String(status), {}]));
  const unwritten = Object.entries(UNWRITTEN).map(([path, parameters]) => ({
    ...{ method: 'GET', path, parameters, responses },
  }));
  return [...written, ...unwritten];
}

/** `GET /path/{name}` of all that a router serves. */
function routesOf({ stack }: ReturnType<typeof artworkRouter>): string[] {
  return stack.flatMap(({ methods, path }) => {
    const name = String(path).replaceAll(/:(\w+)/g, '{$1}');
    return methods.filter((method) => method !== 'HEAD').map((method) => `${method} ${name}`);
  });
}

describe('requests made of the OpenAPI document', () => {
  it('never break anything, and never bring what belongs to somebody else', async () => {
    for (const target of await allTargets()) {
      const property = fc.asyncProperty(wishFor(target), async (wish) => judge(target, wish, await ask(target, wish)));
      for (const seed of SEEDS) await fc.assert(property, { seed, numRuns: RUNS, endOnFailure: true });
    }
    expect((await victim.ask('/me')).body.email).toContain('victim-secret');
    expect((await victim.ask('/stations/private/webhooks')).body.webhooks).toHaveLength(1);
  }, 300_000);

  it('are made for every route that there is', async () => {
    const made = (await allTargets()).map(({ method, path }) => `${method} ${path}`);
    const routes = allRoutes(anything()).map(({ method, path }) => `${method} /api/v1${path}`);
    const served = [
      ...routes.map((route) => route.replaceAll(/:(\w+)/g, '{$1}').replace(/(?<=.)\/$/, '')),
      ...routesOf(eventStreamRouter(anything())),
      ...routesOf(artworkRouter(anything())),
    ];
    expect(new Set(made)).toEqual(new Set(served));
    for (const of of [
      'artwork',
      'people',
      'webhooks',
      'listen-tokens',
      'quality',
      'chat/restrictions',
      'chat/reports',
    ]) {
      expect([of, made.filter((route) => route.includes(`/stations/{station}/${of}`)).length > 0]).toEqual([of, true]);
    }
  });
});

/** Stands for services that nobody asks for anything. */
function anything(): never {
  return new Proxy({}, { get: (_target, name) => (name === 'then' ? undefined : anything()) }) as never;
}
