import { AwazError } from '@awaz/infra/contract';
import { pageQuerySchema, pageSchema } from '@awaz/infra/contract/schemas';
import type { RedisHandle } from '@awaz/infra/redis';
import { createLogger } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Koa from 'koa';
import { z } from 'zod';
import type { Caller, StationStanding } from '../auth/index.ts';
import { errorAnswers } from '../http/error-answers.ts';
import { decodeCursor, defineRoute, encodeCursor, restRouter } from './index.ts';

let redis: TestRedis;
let handle: RedisHandle;
let origin: string;
let made = 0;
const ends: (() => Promise<void>)[] = [];

const account = (id: string, role: 'listener' | 'owner' | 'admin' = 'listener'): Caller => ({
  kind: 'account',
  account: { id, name: id, role },
});
const callers: Record<string, Caller> = { ann: account('ann'), bob: account('bob'), root: account('root', 'admin') };
const standings: Record<string, Omit<StationStanding, 'role'>> = {
  open: { slug: 'open', public: true, ownerId: 'ann' },
  secret: { slug: 'secret', public: false, ownerId: 'ann' },
};

const item = z.object({ n: z.number() });
const routes = [
  defineRoute({
    ...{ method: 'POST', path: '/things', summary: 'Make one', tag: 'meta', access: 'account' },
    ...{ status: 201, idempotent: true },
    body: z.object({ name: z.string().min(1).max(10), size: z.number().int().optional() }),
    answer: z.object({ made: z.number(), name: z.string() }),
    handler: ({ body }) => {
      if (body.name === 'broken') throw new AwazError('limit_reached', 'Enough.');
      return { made: ++made, name: body.name, secret: 'stays here' };
    },
  }),
  defineRoute({
    ...{ method: 'GET', path: '/things', summary: 'List', tag: 'meta', access: 'public' },
    query: pageQuerySchema,
    answer: pageSchema(item),
    handler: ({ query }) => {
      const after = decodeCursor(query.cursor, z.number().int()) ?? 0;
      const items = Array.from({ length: query.limit }, (_, i) => ({ n: after + i })).filter(({ n }) => n < 5);
      const end = after + query.limit;
      return { items, next: end >= 5 ? null : encodeCursor(end) };
    },
  }),
  defineRoute({
    ...{ method: 'PATCH', path: '/stations/:station', summary: 'Change', tag: 'stations', action: 'station.change' },
    body: z.object({ title: z.string() }),
    answer: z.object({ slug: z.string(), by: z.string() }),
    handler: ({ station, actor }) => ({ slug: station.slug, by: actor }),
  }),
  defineRoute({
    ...{ method: 'GET', path: '/away', summary: 'Fails', tag: 'meta', access: 'public' },
    handler: () => {
      throw Object.assign(new Error('away'), { name: 'MaxRetriesPerRequestError' });
    },
  }),
];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  const app = new Koa();
  app.use(errorAnswers(createLogger('test', 'silent')));
  const router = restRouter({
    routes,
    handle,
    limits: { take: async () => undefined },
    grants: { of: async () => undefined },
    trustProxy: false,
    callers: {
      identify: async ({ token }) => {
        const caller = callers[token];
        if (caller === undefined) throw new AwazError('unauthenticated', 'Unknown token.');
        return caller;
      },
    },
    standings: {
      standing: async (slug) => {
        const station = standings[slug];
        return station === undefined ? undefined : { ...station, role: undefined };
      },
    },
  });
  app.use(router.routes());
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  ends.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
afterAll(async () => {
  for (const end of ends) await end();
  await redis.close();
});

type Ask = { method?: string; token?: string; body?: unknown; raw?: string; headers?: Record<string, string> };

async function ask(path: string, { method = 'GET', token, body, raw, headers = {} }: Ask = {}) {
  const answer = await fetch(`${origin}/api/v1${path}`, {
    method,
    headers: {
      ...(body === undefined && raw === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body === undefined && raw === undefined ? {} : { body: raw ?? JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

describe('a body', () => {
  const post = (rest: Ask) => ask('/things', { method: 'POST', token: 'ann', ...rest });

  it('that is valid is taken without fields nobody knows, and the answer holds what its schema names', async () => {
    const { status, body } = await post({ body: { name: 'cup', colour: 'red' } });
    expect([status, body]).toEqual([201, { made, name: 'cup' }]);
  });

  it('that is not valid is refused with every field at fault', async () => {
    const { status, headers, body } = await post({ body: { name: '', size: 1.5 } });
    expect([status, headers.get('content-type'), body.code]).toEqual([400, 'application/problem+json', 'bad_request']);
    expect(body.errors.map(({ in: place, field }: { in: string; field: string }) => [place, field])).toEqual([
      ['body', 'name'],
      ['body', 'size'],
    ]);
    expect(body.detail).toMatch(/body name: .*body size: /);
  });

  it('that is missing, no JSON, of another type or too large is refused as such', async () => {
    expect((await post({})).body.code).toBe('bad_request');
    expect((await post({ raw: '{"name":' })).body.code).toBe('bad_request');
    expect((await post({ raw: '{"__proto__":{"name":"x"}}' })).body.code).toBe('bad_request');
    const typed = await post({ raw: 'name=cup', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } });
    expect([typed.status, typed.body.code]).toEqual([415, 'unsupported_media_type']);
    const large = await post({ body: { name: 'x'.repeat(70_000) } });
    expect([large.status, large.body.code]).toEqual([413, 'payload_too_large']);
  });
});

describe('a caller', () => {
  it('has to sign in where an account is needed, with a token of this server', async () => {
    const none = await ask('/things', { method: 'POST', body: { name: 'cup' } });
    expect([none.status, none.body.code]).toEqual([401, 'unauthenticated']);
    expect((await ask('/things', { method: 'POST', token: 'x', body: { name: 'cup' } })).status).toBe(401);
  });

  it('may do on a station what the table says, and learns nothing of a private one', async () => {
    const patch = async (slug: string, token?: string) => {
      const { body } = await ask(`/stations/${slug}`, {
        method: 'PATCH',
        body: { title: 'x' },
        ...(token && { token }),
      });
      return body.by ?? body.code;
    };
    expect(await patch('open', 'ann')).toBe('owner');
    expect(await patch('open', 'root')).toBe('admin');
    expect(await patch('open', 'bob')).toBe('forbidden');
    expect(await patch('open')).toBe('unauthenticated');
    expect(await patch('secret', 'ann')).toBe('owner');
    expect(await patch('secret', 'bob')).toBe('unknown_station');
    expect(await patch('secret')).toBe('unknown_station');
    expect(await patch('nowhere', 'root')).toBe('unknown_station');
  });
});

describe('Idempotency-Key', () => {
  const post = (key: string, body: unknown, token = 'ann') =>
    ask('/things', { method: 'POST', token, body, headers: { 'Idempotency-Key': key } });

  it('brings the same answer again, for the same body and the same caller', async () => {
    const first = await post('k1', { name: 'cup' });
    const again = await post('k1', { name: 'cup' });
    expect([again.status, again.body]).toEqual([201, first.body]);
    expect((await post('k1', { name: 'mug' })).body.code).toBe('conflict');
    expect((await post('k1', { name: 'cup' }, 'bob')).body.made).toBe(first.body.made + 1);
    expect(
      JSON.stringify(await handle.commands.mget(await handle.commands.keys('awaz:{idempotency}:*'))),
    ).not.toContain('cup');
  });

  it('is free again after a failure, and has to be a key', async () => {
    expect((await post('k2', { name: 'broken' })).body.code).toBe('limit_reached');
    expect((await post('k2', { name: 'cup' })).status).toBe(201);
    expect((await post('x'.repeat(201), { name: 'cup' })).body.code).toBe('bad_request');
  });
});

describe('a list', () => {
  it('comes in pages', async () => {
    const first = await ask('/things?limit=3');
    expect(first.body.items).toHaveLength(3);
    const second = await ask(`/things?limit=3&cursor=${first.body.next}`);
    expect(second.body).toEqual({ items: [{ n: 3 }, { n: 4 }], next: null });
  });

  it('refuses cursors that it did not make, and limits beyond its own', async () => {
    for (const query of ['cursor=xyz', 'cursor=%7B%7D', 'limit=0', 'limit=1000', 'limit=x', 'limit=1&limit=2']) {
      expect([query, (await ask(`/things?${query}`)).body.code]).toEqual([query, 'bad_request']);
    }
  });
});

describe('faults', () => {
  it('of a Redis that is away are unavailable, with a time to try again', async () => {
    const { status, headers, body } = await ask('/away');
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'unavailable', '2']);
  });
});

describe('openapi.json', () => {
  it('describes every route by the schemas that check it', async () => {
    const { body } = await ask('/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toEqual(['/api/v1/things', '/api/v1/stations/{station}', '/api/v1/away']);
    const { post, get } = body.paths['/api/v1/things'];
    expect(post.requestBody.content['application/json'].schema).toMatchObject({
      type: 'object',
      required: ['name'],
      properties: { name: { type: 'string', minLength: 1, maxLength: 10 } },
    });
    expect(Object.keys(post.responses).sort()).toEqual(
      ['201', '400', '401', '403', '409', '413', '415', '429', '500', '503'].sort(),
    );
    expect(post.parameters.map(({ name }: { name: string }) => name)).toEqual(['Idempotency-Key']);
    expect(get.parameters.map(({ name, in: place }: { name: string; in: string }) => [name, place])).toEqual([
      ['cursor', 'query'],
      ['limit', 'query'],
    ]);
    const { patch } = body.paths['/api/v1/stations/{station}'];
    expect(patch.responses['404'].content['application/problem+json'].examples).toHaveProperty('unknown_station');
    expect(JSON.stringify(body)).not.toContain('$defs');
  });
});
