import { ACTORS, type Action, type Actor, mayDo, PERMISSIONS } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;
let people: People;
let made = 0;

type Operation = { 'x-action'?: Action; 'x-access'?: string; requestBody?: unknown };
type Cell = { method: string; path: string; action: Action; actor: Actor };

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
  people = await gatherPeople(node, handle);
});
afterAll(async () => {
  people.close();
  await node.close();
  await redis.close();
});

async function operations(): Promise<{ method: string; path: string; operation: Operation }[]> {
  const { body } = await new ApiClient(node.origin).ask('/openapi.json');
  return Object.entries(body.paths as Record<string, Record<string, Operation>>).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** Only whoever stands somewhere towards a station can be more than guest, account or admin. */
const actorsFor = (path: string): readonly Actor[] =>
  path.includes('{station}') ? ACTORS : ['guest', 'account', 'admin', 'stream_key'];

/** Asks with nothing in the body: whoever may do it is told that the body is wrong, and little happens. */
async function answerTo({ method, path, actor }: Cell, isPublic = true): Promise<{ status: number; code: string }> {
  const slug = `station-${++made}`;
  const key = await people.addStation(slug, { public: isPublic });
  const token = actor === 'stream_key' ? key : actor === 'guest' ? undefined : people.byActor[actor].client.token;
  const url = path.replace('{station}', slug).replaceAll(/\{\w+\}/g, 'x');
  const abort = new AbortController();
  const answer = await fetch(node.origin + url, {
    method,
    signal: abort.signal,
    ...(token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } }),
  });
  const isJson = /json/.test(answer.headers.get('content-type') ?? '');
  const { code = '' } = isJson && answer.status !== 204 ? ((await answer.json()) as { code?: string }) : {};
  abort.abort(); // streams have no end
  return { status: answer.status, code };
}

/** What is wrong with the answer to a cell; undefined when nothing is. */
async function faultOf(cell: Cell): Promise<string | undefined> {
  const { method, path, action, actor } = cell;
  const { status, code } = await answerTo(cell);
  // A stream key is good for a station alone.
  const may = mayDo(actor, action) && (actor !== 'stream_key' || path.includes('{station}'));
  const isRefused = code === 'forbidden' || code === 'unauthenticated';
  const isRight = may ? !isRefused && status < 500 : isRefused && status === (actor === 'guest' ? 401 : 403);
  return isRight ? undefined : `${actor} ${method} ${path} (${action}): ${status} ${code}`;
}

describe('the table of permissions, over REST', () => {
  it('holds in every cell', async () => {
    const cells = (await operations()).flatMap(({ method, path, operation }) => {
      const action = operation['x-action'];
      return action === undefined ? [] : actorsFor(path).map((actor) => ({ method, path, action, actor }));
    });
    expect(cells.length).toBeGreaterThan(20);
    const faults: (string | undefined)[] = [];
    for (const cell of cells) faults.push(await faultOf(cell));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('hides private stations from whoever may not listen to them, whatever they ask for', async () => {
    const wrong: string[] = [];
    for (const { method, path, operation } of await operations()) {
      const action = operation['x-action'];
      if (action === undefined || !path.includes('{station}')) continue;
      for (const actor of ['guest', 'account'] as const) {
        const { status, code } = await answerTo({ method, path, action, actor }, false);
        if (code !== 'unknown_station') wrong.push(`${actor} ${method} ${path}: ${status} ${code}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('gives nobody without an account what asks for one', async () => {
    for (const { method, path, operation } of await operations()) {
      if (operation['x-access'] !== 'account') continue;
      const { status } = await answerTo({ method, path, action: 'directory.read', actor: 'guest' });
      expect([method, path, status]).toEqual([method, path, 401]);
    }
  });

  it('has a right for every route', async () => {
    for (const { method, path, operation } of await operations()) {
      const { 'x-action': action, 'x-access': access } = operation;
      const isKnown = action === undefined ? ['public', 'account'].includes(access ?? '') : action in PERMISSIONS;
      expect([method, path, isKnown]).toEqual([method, path, true]);
    }
  });
});
