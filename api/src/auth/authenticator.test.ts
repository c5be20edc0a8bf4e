import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AwazError, GUEST_ID_PATTERN, MAX_NAME_LENGTH } from '@awaz/infra/contract';
import { type TempDir, tempDir } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AccessTokens,
  type AccountStanding,
  Authenticator,
  GuestIds,
  makeStreamKey,
  Passwords,
  ServerSecret,
} from './index.ts';

const ann: AccountStanding = {
  id: 'a0123456789abcdef',
  name: 'Ann',
  role: 'owner',
  generation: 3,
  disabledAt: undefined,
};
const secret = new ServerSecret({ given: 'a secret of more than 32 characters', dataDir: '/nowhere' });
const tokens = new AccessTokens(secret);
const key = makeStreamKey();
let account: AccountStanding | undefined = ann;

const authenticator = new Authenticator({
  tokens,
  accounts: { get: async (id) => (id === ann.id ? account : undefined) },
  guests: new GuestIds(secret),
  publishers: {
    authorize: async ({ secret: given }) => {
      if (given !== key) throw new AwazError('bad_key');
      return { keyId: 'k1' };
    },
  },
});

const identify = (token: string, station?: string) =>
  authenticator.identify({ token, station, address: '::1', signal: new AbortController().signal });

const tokenOf = async (generation = ann.generation, seconds = 60) =>
  (await new AccessTokens(secret, seconds).issue({ accountId: ann.id, generation })).accessToken;

describe('Authenticator', () => {
  it('knows an account by its access token, as it is now', async () => {
    expect(await identify(await tokenOf())).toEqual({
      kind: 'account',
      account: { id: ann.id, name: 'Ann', role: 'owner' },
      tokenExpiresAt: expect.any(Number),
    });
    account = { ...ann, role: 'listener' };
    expect(await identify(await tokenOf())).toMatchObject({ account: { role: 'listener' } });
    account = ann;
  });

  it('refuses tokens that are too old, of an ended sign-in, of a disabled or a missing account', async () => {
    await expect(identify(await tokenOf(ann.generation, -1))).rejects.toMatchObject({ code: 'token_expired' });
    await expect(identify(await tokenOf(2))).rejects.toMatchObject({ code: 'unauthenticated' });
    account = { ...ann, disabledAt: 1 };
    await expect(identify(await tokenOf())).rejects.toMatchObject({ code: 'forbidden' });
    account = undefined;
    await expect(identify(await tokenOf())).rejects.toMatchObject({ code: 'unauthenticated' });
    account = ann;
  });

  it('knows a stream key where its station is concerned, and nowhere else', async () => {
    expect(await identify(key, 'radio')).toEqual({ kind: 'stream_key', station: 'radio', keyId: 'k1' });
    await expect(identify(makeStreamKey(), 'radio')).rejects.toMatchObject({ code: 'bad_key' });
    await expect(identify(key)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('knows a guest again by the signed id, and takes nobody for another guest', async () => {
    const first = await authenticator.identifySocket({ name: 'Gus' });
    if (first.caller.kind !== 'guest') throw new Error('no guest');
    const { guest } = first.caller;
    expect(guest).toEqual({ id: expect.stringMatching(GUEST_ID_PATTERN), name: 'Gus' });
    const again = await authenticator.identifySocket({ name: 'Gustav', guest: first.signedGuest ?? '' });
    expect(again).toEqual({
      caller: { kind: 'guest', guest: { id: guest?.id, name: 'Gustav' } },
      signedGuest: first.signedGuest,
    });
    const signature = (first.signedGuest ?? '').split('.')[1];
    for (const forged of [`${guest?.id}.x`, `${guest?.id}`, `gaaaaaaaaaaaaaaaa.${signature}`, 'x'.repeat(500), '']) {
      const { caller } = await authenticator.identifySocket({ guest: forged });
      expect(caller).toMatchObject({ kind: 'guest', guest: { name: 'Guest' } });
      expect(caller).not.toMatchObject({ guest: { id: guest?.id } });
    }
  });

  it('gives guests names of one line that hide nothing', async () => {
    const nameOf = async (name: string) => {
      const { caller } = await authenticator.identifySocket({ name });
      return caller.kind === 'guest' ? caller.guest?.name : undefined;
    };
    expect(await nameOf('  a\n\tb ')).toBe('a b');
    expect(await nameOf('a\u202eb\u200b')).toBe('ab');
    expect(await nameOf('\u2066\0')).toBe('Guest');
    expect(await nameOf('😀'.repeat(100))).toBe('😀'.repeat(MAX_NAME_LENGTH));
    expect(await nameOf('नमस्ते سلام')).toBe('नमस्ते سلام');
  });

  it('takes a socket with an access token for its account, and one with a stream key for a guest', async () => {
    const signedIn = await authenticator.identifySocket({ token: await tokenOf(), name: 'x' });
    expect(signedIn).toMatchObject({ caller: { kind: 'account' }, signedGuest: undefined });
    expect((await authenticator.identifySocket({ token: key })).caller.kind).toBe('guest');
    await expect(authenticator.identifySocket({ token: 'x' })).rejects.toMatchObject({ code: 'unauthenticated' });
  });
});

describe('ServerSecret', () => {
  let folder: TempDir;
  beforeAll(async () => {
    folder = await tempDir();
  });
  afterAll(() => folder.close());

  it('is made once, whoever of many comes first, and only its owner can read it', async () => {
    const dataDir = join(folder.path, 'data');
    const keys = await Promise.all(
      Array.from({ length: 10 }, () => new ServerSecret({ given: undefined, dataDir }).key('x')),
    );
    expect(new Set(keys.map((each) => each.toString('hex'))).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['jwt-secret']);
    expect(await readFile(join(dataDir, 'jwt-secret'), 'utf8')).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(join(dataDir, 'jwt-secret'))).mode & 0o777).toBe(0o600);
  });

  it('gives another key for each purpose, and the same one for the same secret', async () => {
    const [a, b] = [await secret.key('a'), await secret.key('b')];
    expect(a.equals(b)).toBe(false);
    expect(a).toHaveLength(32);
    const twin = new ServerSecret({ given: 'a secret of more than 32 characters', dataDir: folder.path });
    expect((await twin.key('a')).equals(a)).toBe(true);
  });
});

describe('Passwords', () => {
  it('match their own hash alone, and nothing where there is no hash', async () => {
    const passwords = new Passwords();
    const hash = await passwords.hash('correct horse');
    expect(hash).not.toBe(await passwords.hash('correct horse'));
    expect(await passwords.matches(hash, 'correct horse')).toBe(true);
    expect(await passwords.matches(hash, 'correct horsE')).toBe(false);
    expect(await passwords.matches(undefined, 'correct horse')).toBe(false);
  });

  it('are refused when too many wait, and those that wait get their turn', async () => {
    const passwords = new Passwords();
    const results = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('x')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { code: 'overloaded', retryAfterMs: 2000 } });
    await expect(passwords.hash('x')).resolves.toMatch(/^\$argon2id\$/);
  });
});
