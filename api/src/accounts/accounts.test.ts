import type { RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ACCESS_TOKEN_SECONDS } from '../auth/index.ts';
import { get } from '../origin/test/origin-server.ts';
import { ApiClient, type ApiNode, startApiNode } from '../test/api-node.ts';
import { AccountStore, adminLink, firstAdminLink, OneTimeLinks } from './index.ts';
import { REFRESH_COOKIE } from './refresh-cookie.ts';

let redis: TestRedis;
let handle: RedisHandle;
let node: ApiNode;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  node = await startApiNode(redis);
});
afterAll(async () => {
  await node.close();
  await redis.close();
});

const client = () => new ApiClient(node.origin);
const cookieOf = (who: ApiClient) => who.cookies.get(REFRESH_COOKIE) ?? '';

describe('registering', () => {
  it('makes a listener, signs it in, and keeps neither password nor tokens as they are', async () => {
    const ann = client();
    const { body, headers } = await ann.register('ann');
    expect(body).toMatchObject({ expiresIn: ACCESS_TOKEN_SECONDS, account: { name: 'ann', role: 'listener' } });
    expect(body.account).toEqual((await ann.ask('/me')).body);
    expect(headers.getSetCookie()[0]).toMatch(
      /^awaz_refresh=[\w.-]+; Max-Age=2592000; Path=\/api\/v1\/auth; HttpOnly; SameSite=Strict$/,
    );
    expect(headers.get('cache-control')).toBe('no-store');
    const stored = await everything();
    expect(stored).toContain('ann@example.org');
    for (const secret of ['correct horse', cookieOf(ann), cookieOf(ann).split('.')[1] ?? '', body.accessToken]) {
      expect(stored).not.toContain(secret);
    }
    expect(stored).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
  });

  it('refuses an address that is taken, in whatever letters, and weak or broken input', async () => {
    await client().register('bea');
    const answer = await client().post('/auth/register', {
      email: ' BEA@Example.org',
      password: '12345678',
      name: 'x',
    });
    expect([answer.status, answer.body.code]).toEqual([409, 'email_taken']);
    const faulty = await client().post('/auth/register', { email: 'no', password: 'short', name: 'a\u202eb' });
    expect(faulty.body.errors.map(({ field }: { field: string }) => field)).toEqual(['email', 'password', 'name']);
  });

  it('of one address by many at once makes one account', async () => {
    const body = { email: 'many@example.org', password: 'correct horse', name: 'many' };
    const answers = await Promise.all(Array.from({ length: 5 }, () => client().post('/auth/register', body)));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });
});

describe('signing in', () => {
  it('needs address and password, and does not tell which one is wrong', async () => {
    await client().register('carl');
    const right = await client().post('/auth/login', { email: 'CARL@example.org', password: 'correct horse' });
    expect([right.status, right.body.account.name]).toEqual([200, 'carl']);
    const wrong = await client().post('/auth/login', { email: 'carl@example.org', password: 'wrong horse' });
    const unknown = await client().post('/auth/login', { email: 'nobody@example.org', password: 'wrong horse' });
    expect([wrong.status, wrong.body.code]).toEqual([401, 'bad_credentials']);
    expect(wrong.body).toEqual(unknown.body);
  });
});

describe('a refresh token', () => {
  const refresh = (who: ApiClient, headers: Record<string, string> = {}) =>
    who.post('/auth/refresh', undefined, { token: '', headers });

  it('is replaced with each use', async () => {
    const dan = client();
    await dan.register('dan');
    const first = cookieOf(dan);
    const { status, body } = await refresh(dan);
    expect([status, body.account.name]).toEqual([200, 'dan']);
    expect(cookieOf(dan)).not.toBe(first);
    expect((await dan.ask('/me', { token: body.accessToken })).status).toBe(200);
    expect((await refresh(dan)).status).toBe(200);
  });

  it('used by two tabs at the same time gives both the same successor', async () => {
    const tab = client();
    await tab.register('eve');
    const other = client();
    other.cookies.set(REFRESH_COOKIE, cookieOf(tab));
    const answers = await Promise.all([refresh(tab), refresh(other)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(cookieOf(tab)).toBe(cookieOf(other));
    expect((await refresh(tab)).status).toBe(200);
  });

  it('that was replaced before ends the sign-in when it is used again', async () => {
    const victim = client();
    await victim.register('fay');
    const thief = client();
    thief.cookies.set(REFRESH_COOKIE, cookieOf(victim));
    await refresh(victim);
    await refresh(victim);
    const stolen = await refresh(thief);
    expect([stolen.status, stolen.body.code]).toEqual([401, 'refresh_refused']);
    expect(thief.cookies.has(REFRESH_COOKIE)).toBe(false);
    expect((await refresh(victim)).body.code).toBe('refresh_refused');
    const metrics = await (await fetch(`${node.origin}/metrics`)).text();
    expect(metrics).toMatch(/awaz_sign_ins_total\{kind="refresh",outcome="refresh_refused",[^}]*\} [1-9]/);
  });

  it('is taken from pages of this server only', async () => {
    const gus = client();
    await gus.register('gus');
    // fetch does not let these headers be set.
    const send = async (path: string, headers: Record<string, string>) => {
      const cookie = { Cookie: `${REFRESH_COOKIE}=${cookieOf(gus)}` };
      const answer = await get(node.port, `/api/v1/auth/${path}`, {
        method: 'POST',
        headers: { ...cookie, ...headers },
      });
      return answer.text === '' ? answer.status : (JSON.parse(answer.text).code ?? answer.status);
    };
    for (const headers of [
      { Origin: 'https://evil.example' },
      { 'Sec-Fetch-Site': 'cross-site' },
      { 'Sec-Fetch-Site': 'same-site' },
    ] as Record<string, string>[]) {
      expect([headers, await send('refresh', headers)]).toEqual([headers, 'forbidden']);
      expect([headers, await send('logout', headers)]).toEqual([headers, 'forbidden']);
    }
    expect(await send('refresh', { Origin: node.origin, 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
  });

  it('that is no token, or none, is refused', async () => {
    const stranger = client();
    expect((await refresh(stranger)).body.code).toBe('refresh_refused');
    for (const value of ['x', `${'a'.repeat(24)}.${'b'.repeat(40)}`, 'a'.repeat(3000)]) {
      stranger.cookies.set(REFRESH_COOKIE, value);
      expect((await refresh(stranger)).body.code).toBe('refresh_refused');
    }
  });
});

describe('signing out', () => {
  it('ends this sign-in alone', async () => {
    const [here, there] = [client(), client()];
    await here.register('hal');
    await there.post('/auth/login', { email: 'hal@example.org', password: 'correct horse' });
    const kept = cookieOf(here);
    expect((await here.post('/auth/logout')).status).toBe(204);
    expect(here.cookies.size).toBe(0);
    here.cookies.set(REFRESH_COOKIE, kept);
    expect((await here.post('/auth/refresh')).body.code).toBe('refresh_refused');
    expect((await there.post('/auth/refresh')).status).toBe(200);
  });

  it('everywhere ends all of them, and access tokens at once', async () => {
    const [here, there] = [client(), client()];
    await here.register('ida');
    const login = await there.post('/auth/login', { email: 'ida@example.org', password: 'correct horse' });
    expect((await here.post('/auth/logout-everywhere')).status).toBe(204);
    expect((await there.post('/auth/refresh')).body.code).toBe('refresh_refused');
    expect((await there.ask('/me', { token: login.body.accessToken })).body.code).toBe('unauthenticated');
    expect((await there.post('/auth/login', { email: 'ida@example.org', password: 'correct horse' })).status).toBe(200);
  });
});

describe('the own account', () => {
  it('changes its name, and its address with the password', async () => {
    const jan = client();
    await jan.register('jan');
    const patch = (body: unknown) => jan.ask('/me', { method: 'PATCH', body });
    expect((await patch({ name: ' Jan ', role: 'admin', id: 'x' })).body).toMatchObject({
      name: 'Jan',
      role: 'listener',
    });
    expect((await patch({ email: 'jan2@example.org' })).body.code).toBe('bad_credentials');
    const moved = await patch({ email: 'jan2@example.org', currentPassword: 'correct horse' });
    expect(moved.body.email).toBe('jan2@example.org');
    const old = await client().post('/auth/login', { email: 'jan@example.org', password: 'correct horse' });
    expect(old.body.code).toBe('bad_credentials');
    await client().register('jan'); // the address is free again
  });

  it('with a new password is signed out everywhere else', async () => {
    const [kim, other] = [client(), client()];
    await kim.register('kim');
    await other.post('/auth/login', { email: 'kim@example.org', password: 'correct horse' });
    const wrong = await kim.post('/me/password', { currentPassword: 'x', newPassword: 'battery staple' });
    expect(wrong.body.code).toBe('bad_credentials');
    const { status, body } = await kim.post('/me/password', {
      currentPassword: 'correct horse',
      newPassword: 'battery staple',
    });
    expect(status).toBe(200);
    expect((await kim.ask('/me', { token: body.accessToken })).status).toBe(200);
    expect((await kim.ask('/me')).body.code).toBe('unauthenticated');
    expect((await kim.post('/auth/refresh')).status).toBe(200);
    expect((await other.post('/auth/refresh')).body.code).toBe('refresh_refused');
    const login = await client().post('/auth/login', { email: 'kim@example.org', password: 'battery staple' });
    expect(login.status).toBe(200);
  });
});

describe('an access token', () => {
  it('of another server, another algorithm or another kind is refused', async () => {
    const lea = client();
    const { body } = await lea.register('lea');
    const [head = '', payload = '', signature = ''] = body.accessToken.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const risen = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'a'.repeat(17) }),
    ).toString('base64url');
    for (const token of [
      `${none}.${payload}.`,
      `${head}.${risen}.${signature}`,
      `${head}.${payload}.x`,
      'a.b.c',
      'x',
    ]) {
      const { status, body: answer } = await lea.ask('/me', { token });
      expect([token, status, answer.code]).toEqual([token, 401, 'unauthenticated']);
    }
  });

  it('is good on every node of one machine, and on none with another secret', async () => {
    const mia = client();
    const { body } = await mia.register('mia');
    const twin = await startApiNode(redis, { DATA_DIR: node.dataDir });
    const stranger = await startApiNode(redis);
    expect((await new ApiClient(twin.origin).ask('/me', { token: body.accessToken })).status).toBe(200);
    expect((await new ApiClient(stranger.origin).ask('/me', { token: body.accessToken })).status).toBe(401);
    await twin.close();
    await stranger.close();
  });
});

describe('the first administrator', () => {
  it('comes by a link that signs in once, and sets address and password', async () => {
    const store = new AccountStore(handle);
    const links = new OneTimeLinks(handle);
    const token = (await firstAdminLink(store, links)) ?? '';
    expect(await everything()).not.toContain(token);
    expect(await firstAdminLink(store, links)).toBeUndefined();
    const admin = client();
    const { status, body } = await admin.post('/auth/one-time', { token });
    expect([status, body.account]).toEqual([200, expect.objectContaining({ role: 'admin', email: '' })]);
    admin.token = body.accessToken;
    expect((await client().post('/auth/one-time', { token })).body.code).toBe('bad_credentials');
    const set = await admin.post('/me/password', { newPassword: 'battery staple' });
    admin.token = set.body.accessToken;
    const moved = await admin.ask('/me', {
      method: 'PATCH',
      body: { email: 'root@example.org', currentPassword: 'battery staple' },
    });
    expect(moved.body.email).toBe('root@example.org');
    const login = await client().post('/auth/login', { email: 'root@example.org', password: 'battery staple' });
    expect(login.body.account.role).toBe('admin');
    expect(await adminLink(store, links)).toMatch(/^[\w-]{32}$/);
  });

  it('comes from the environment, and a password that was changed stays', async () => {
    const env = { ADMIN_EMAIL: 'Boss@example.org', ADMIN_PASSWORD: 'from the environment' };
    const first = await startApiNode(redis, env);
    const boss = new ApiClient(first.origin);
    const body = { email: 'boss@example.org', password: env.ADMIN_PASSWORD };
    const login = await until(async () => {
      const answer = await boss.post('/auth/login', body);
      return answer.status === 200 ? answer : undefined;
    });
    expect(login.body.account.role).toBe('admin');
    const change = { currentPassword: env.ADMIN_PASSWORD, newPassword: 'battery staple' };
    await boss.post('/me/password', change, { token: login.body.accessToken });
    await first.close();
    const second = await startApiNode(redis, env);
    const again = await new ApiClient(second.origin).post('/auth/login', { ...body, password: 'battery staple' });
    expect(again.body.account.role).toBe('admin');
    await second.close();
  });
});

/** All that Redis holds, as text. */
async function everything(): Promise<string> {
  const keys = await handle.commands.keys('*');
  const dumps = await Promise.all(
    keys.map(async (key) => {
      const type = await handle.commands.type(key);
      if (type === 'hash') return JSON.stringify(await handle.commands.hgetall(key));
      if (type === 'string') return (await handle.commands.get(key)) ?? '';
      return type === 'zset' ? JSON.stringify(await handle.commands.zrange(key, '0', '-1')) : '';
    }),
  );
  return [...keys, ...dumps].join('\n');
}
