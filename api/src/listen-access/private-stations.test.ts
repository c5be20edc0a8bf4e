import { randomBytes } from 'node:crypto';
import { type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { runProgram, startTestRedis, type TestRedis, testFfmpeg, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccessTokens, ServerSecret } from '../auth/index.ts';
import { MadeUpBroadcast } from '../origin/test/made-up-broadcast.ts';
import { isPending, type OriginServer } from '../origin/test/origin-server.ts';
import { encodeParts } from '../origin/test/real-parts.ts';
import { openStream } from '../origin/test/stream-client.ts';
import { type ListenNode, startListenNode } from '../test/listen-node.ts';

let redis: TestRedis;
let handle: RedisHandle;
let nodes: [ListenNode, ListenNode];
let node: ListenNode;
let server: OriginServer;
let names = 0;
let station = '';
let broadcast: MadeUpBroadcast;

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  nodes = [await startListenNode(handle), await startListenNode(redis.handle())];
  [node] = nodes;
  server = node.server;
});
afterAll(async () => {
  for (const each of nodes) await each.close();
  await redis.close();
});
beforeEach(async () => {
  station = await privateStation();
  broadcast = await MadeUpBroadcast.onAir(handle, { station, parts: 2 });
});

async function privateStation(): Promise<string> {
  const slug = `private-${names++}`;
  await node.stations.add({ slug, public: false });
  return slug;
}

const index = (query: string, slug = station) => `/live/${slug}/index.m3u8?${query}`;

/** Opens a session by a token and returns its name. */
async function open(token: string, on = server): Promise<string> {
  const { status, text } = await on.get(index(`token=${token}`));
  const [session] = /^~[\w-]{22}/m.exec(text) ?? [];
  if (session === undefined) throw new Error(`There is no session in ${status} ${text}`);
  return session;
}

async function openByNewToken(): Promise<{ session: string; id: string; token: string }> {
  const { token, record } = await node.listenTokens.add(station);
  return { session: await open(token), id: record.id, token };
}

const path = (session: string, file = 'playlist.m3u8') =>
  broadcast.path('64k', file).replace(`/${station}/`, `/${station}/${session}/`);

/** Makes an account; returns its id and an access token. */
async function account(role: 'listener' | 'admin' = 'listener') {
  const email = `${randomBytes(6).toString('hex')}@example.org`;
  const { id, generation } = await node.accounts.create({ email, name: 'Somebody', role, passwordHash: '' });
  const { accessToken } = await node.tokens.issue({ accountId: id, generation });
  return { id, accessToken };
}

const someSession = () => `~${randomBytes(16).toString('base64url')}`;

describe('a private station', () => {
  it('is the same as none for whoever has no right, whatever he asks for', async () => {
    const { accessToken } = await account();
    const foreign = await node.listenTokens.add(await privateStation());
    const own = await node.listenTokens.add(station);
    const good = await open(own.token);
    const files = ['init.mp4', '2.m4s', '3.0.m4s', '3.2.m4s', 'playlist.m3u8', 'playlist.m3u8?_HLS_msn=3&_HLS_part=1'];
    const wrong = ['', `token=${foreign.token}`, `token=${accessToken}`, 'token=x', `session=${someSession()}`];
    const asked = [
      ...['index.m3u8', 'stream.aac', 'stream.mp3'].flatMap((file) => wrong.map((query) => `${file}?${query}`)),
      ...['', `${someSession()}/`].flatMap((session) =>
        files.map((file) => `${session}${broadcast.record.broadcastId}/64k/${file}`),
      ),
    ];
    for (const rest of asked) {
      const [here, nowhere] = await Promise.all(
        [station, 'nowhere'].map((slug) => server.get(`/live/${slug}/${rest}`, { byNode: rest.length % 2 === 0 })),
      );
      const { date: _, ...headers } = nowhere?.headers ?? {};
      expect([rest, here?.status]).toEqual([rest, 404]);
      expect(here).toMatchObject({ status: nowhere?.status, text: nowhere?.text, headers });
    }
    expect((await server.get(path(good))).status).toBe(200);
  });

  it('plays for a session on all nodes, and nothing of it may stay in a cache that others use', async () => {
    const { session } = await openByNewToken();
    for (const { server: each } of nodes) {
      for (const file of ['playlist.m3u8', 'playlist.m3u8?_HLS_msn=3&_HLS_part=1', 'init.mp4', '2.m4s', '3.1.m4s']) {
        for (const byNode of [false, true]) {
          const { status, headers } = await each.get(path(session, file), { byNode });
          expect([file, status]).toEqual([file, 200]);
          expect(headers['cache-control']).toMatch(/^private, max-age=\d+(, immutable)?$/);
        }
      }
      const again = await each.get(index(`session=${session}`));
      expect([again.status, again.headers['cache-control']]).toEqual([200, 'no-store']);
      expect(again.text).toContain(`\n${session}/`);
    }
    const missing = await server.get(path(session, '900.m4s'));
    expect([missing.status, missing.headers['cache-control']]).toEqual([404, 'private, max-age=2']);
  });

  it('says to whoever may listen that it is off air', async () => {
    const quiet = await privateStation();
    const { token } = await node.listenTokens.add(quiet);
    const { status, headers } = await server.get(index(`token=${token}`, quiet));
    expect([status, headers['retry-after']]).toEqual([404, '2']);
    expect((await server.get(index('', quiet))).headers['retry-after']).toBeUndefined();
  });

  it('opens for access tokens of those whom the table of permissions lets in', async () => {
    const people = { member: await account(), moderator: await account(), owner: await account() };
    const { people: key } = stationKeys(station);
    await handle.commands.hset(key, people.member.id, 'member', people.moderator.id, 'moderator');
    await node.stations.give(station, people.owner.id);
    const all = [...Object.values(people), await account('admin')];
    for (const { accessToken } of all) expect(await open(accessToken)).toMatch(/^~/);
  });

  it('takes the name that a client has for its session, with a token only', async () => {
    const { token } = await node.listenTokens.add(station);
    const session = someSession();
    const { text } = await server.get(index(`token=${token}&session=${session}`));
    expect(text).toContain(`\n${session}/`);
    expect((await server.get(path(session))).status).toBe(200);
  });

  it('counts its listeners', async () => {
    const { session } = await openByNewToken();
    await server.get(path(session, '2.m4s'));
    await server.get(path(someSession(), '2.m4s'));
    await until(async () => (await node.presence.count(station)).count === 1, { what: 'one listener' });
  });
});

describe('a session of a private station', () => {
  it('ends when it was not used for long, on whatever node', async () => {
    const brief = { limits: { sessionLifeMs: 300 } };
    const [one, other] = [await startListenNode(handle, brief), await startListenNode(handle, brief)];
    const { token } = await one.listenTokens.add(station);
    const session = await open(token, one.server);
    expect((await other.server.get(path(session))).status).toBe(200);
    const { listenSessions } = stationKeys(station);
    await until(async () => (await handle.commands.exists(listenSessions)) === 0, { what: 'the session expires' });
    for (const { server: each } of [one, other]) {
      await until(async () => (await each.get(path(session))).status === 404, { what: 'it is told' });
    }
    await one.close();
    await other.close();
  });

  it('makes room for others when it was not used for longest', async () => {
    const small = await startListenNode(handle, { limits: { maxStationSessions: 2 } });
    const { token } = await small.listenTokens.add(station);
    const sessions = [
      await open(token, small.server),
      await open(token, small.server),
      await open(token, small.server),
    ];
    const statuses = sessions.map(async (session) => (await server.get(path(session))).status);
    expect(await Promise.all(statuses)).toEqual([404, 200, 200]);
    await small.close();
  });

  it('is no good for another station', async () => {
    const { session } = await openByNewToken();
    const other = await privateStation();
    const elsewhere = await MadeUpBroadcast.onAir(handle, { station: other, parts: 1 });
    const foreign = elsewhere.path('64k', 'playlist.m3u8').replace(`/${other}/`, `/${other}/${session}/`);
    expect((await server.get(foreign)).status).toBe(404);
    expect((await server.get(index(`session=${session}`, other))).status).toBe(404);
  });

  it('goes on when the access token that opened it has expired', async () => {
    const { id } = await account();
    await handle.commands.hset(stationKeys(station).people, id, 'member');
    const secret = new ServerSecret({ given: 'a secret that all nodes know', dataDir: '' });
    const { accessToken } = await new AccessTokens(secret, 1).issue({ accountId: id, generation: 0 });
    const session = await open(accessToken);
    await until(async () => (await server.get(index(`token=${accessToken}`))).status === 404, { what: 'it expires' });
    expect((await nodes[1].server.get(path(session))).status).toBe(200);
  });
});

describe('a right that is taken away', () => {
  /** Ways to lose a right: each gives a session and takes its right away again. */
  const ways: Record<string, () => Promise<{ session: string; take: () => Promise<unknown> }>> = {
    'a listen token is revoked': async () => {
      const { session, id } = await openByNewToken();
      return { session, take: () => node.listenTokens.revoke(station, id) };
    },
    'a listen token expires': async () => {
      const { token, record } = await node.listenTokens.add(station, { lifeMs: 4000 });
      const take = () => until(() => Date.now() > (record.expiresAt ?? 0), { what: 'it expires' });
      return { session: await open(token), take };
    },
    'a member is dismissed': async () => {
      const { id, accessToken } = await account();
      await handle.commands.hset(stationKeys(station).people, id, 'member');
      return { session: await open(accessToken), take: () => handle.commands.hdel(stationKeys(station).people, id) };
    },
    'an account signs out everywhere': async () => {
      const { id, accessToken } = await account('admin');
      return { session: await open(accessToken), take: () => node.accounts.nextGeneration(id) };
    },
    'an account is disabled': async () => {
      const { id, accessToken } = await account();
      await node.stations.give(station, id);
      const session = await open(accessToken);
      return { session, take: () => node.accounts.change(id, { disabledAt: Date.now() }) };
    },
    'the station is removed': async () => {
      const { session } = await openByNewToken();
      return { session, take: () => node.stations.remove(station) };
    },
  };

  it.each(Object.entries(ways))('ends playlists, media and streams on all nodes within seconds: %s', async (_, way) => {
    const deaf = await startListenNode(handle, { deaf: true });
    const { session, take } = await way();
    const all = [...nodes, deaf];
    const streams = all.map((each) => openStream(each.server.port, `/live/${station}/stream.aac?session=${session}`));
    for (const stream of streams) expect(await stream.head()).toContain('200 OK');
    for (const { server: each } of all) expect((await each.get(path(session, '2.m4s'))).status).toBe(200);
    await take();
    for (const file of ['2.m4s', 'playlist.m3u8']) {
      await until(
        async () => {
          const statuses = all.map(async ({ server: each }) => (await each.get(path(session, file))).status);
          return (await Promise.all(statuses)).every((status) => status === 404);
        },
        { what: `${file} is gone on all nodes` },
      );
    }
    await Promise.all(streams.map(({ ended }) => ended));
    await deaf.close();
  });

  it('does not get what was asked for before and is published after', async () => {
    const { session, id } = await openByNewToken();
    const held = server.get(path(session, 'playlist.m3u8?_HLS_msn=3&_HLS_part=2'));
    expect(await isPending(held)).toBe(true);
    await node.listenTokens.revoke(station, id);
    await until(async () => (await server.get(path(session))).status === 404);
    await broadcast.publish();
    expect((await held).status).toBe(404);
  });
});

describe('a station that changes', () => {
  const plain = () => broadcast.path('64k', 'playlist.m3u8');

  it('is open to all once it is public, and to those with a right once it is private', async () => {
    await node.stations.change(station, { public: true });
    for (const { server: each } of nodes) {
      await until(async () => (await each.get(plain())).status === 200, { what: 'it is public' });
    }
    const { headers } = await server.get(plain());
    expect(headers['cache-control']).toMatch(/^public/);
    const stream = openStream(server.port, `/live/${station}/stream.aac`);
    expect(await stream.head()).toContain('200 OK');
    await node.stations.change(station, { public: false });
    for (const { server: each } of nodes) {
      await until(async () => (await each.get(plain())).status === 404, { what: 'it is private' });
    }
    await stream.ended;
  });

  it('is not open to everybody while its last sound is left after it was removed', async () => {
    const fresh = await startListenNode(handle);
    await node.stations.remove(station);
    for (const each of [fresh, ...nodes]) expect((await each.server.get(plain())).status).toBe(404);
    await node.stations.add({ slug: station });
    await until(async () => (await fresh.server.get(plain())).status === 200, { what: 'the new one is public' });
    await fresh.close();
  });
});

describe('an outside player', () => {
  it('plays a private station by its URL alone for longer than a session lives without use', async () => {
    const lifeMs = 6000;
    const { init, parts } = await encodeParts(64, 18);
    const brief = await startListenNode(handle, { limits: { sessionLifeMs: lifeMs } });
    const slug = await privateStation();
    const real = await MadeUpBroadcast.onAir(handle, {
      ...{ station: slug, ladder: [{ name: '64k', kbps: 64 }], init: () => init },
      payload: (_, part) => parts[part] ?? Buffer.alloc(0),
    });
    const { token } = await brief.listenTokens.add(slug);
    const url = `http://127.0.0.1:${brief.server.port}${index(`token=${token}`, slug)}`;
    const { path: ffmpeg } = await testFfmpeg();
    const playing = runProgram(ffmpeg, ['-nostdin', '-i', url, '-f', 's16le', '-ac', '1', 'pipe:1']);
    const begun = performance.now();
    for (let published = 30; published < 84; published++) {
      const due = begun + (published - 29) * 192;
      await until(() => performance.now() >= due, { what: 'the next part is due' });
      await real.publish();
    }
    await real.end();
    const { code, stdout, stderr } = await playing;
    expect([code, stderr.match(/404|HTTP error/g)]).toEqual([0, null]);
    expect(stdout.length / 2 / 48_000).toBeGreaterThan(13);
    expect(performance.now() - begun).toBeGreaterThan(1.5 * lifeMs);
    await brief.close();
  });
});
