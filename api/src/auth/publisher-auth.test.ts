import { STREAM_KEY_PATTERN } from '@awaz/infra/contract';
import { startTestRedis, until } from '@awaz/infra/testkit';
import { describe, expect, it } from '@jest/globals';
import { FREE_GUESSES, GuessLimiter, MAX_GUESS_DELAY_MS, MAX_GUESSING_ADDRESSES } from './guess-limiter.ts';
import {
  bearerToken,
  clientAddress,
  hashStreamKey,
  makeStreamKey,
  PublisherAuth,
  type StreamKeyRecord,
} from './index.ts';

const signal = new AbortController().signal;

function keySource(records: StreamKeyRecord[]) {
  const used: string[] = [];
  return {
    used,
    streamKeys: async (station: string) => (station === 'radio' ? records : undefined),
    noteKeyUse: async (_station: string, keyId: string) => {
      used.push(keyId);
    },
  };
}

describe('PublisherAuth', () => {
  const key = makeStreamKey();
  const revoked = makeStreamKey();
  const source = keySource([
    { id: 'k1', label: 'studio', hash: hashStreamKey(key), createdAt: 1 },
    { id: 'k2', label: 'old', hash: hashStreamKey(revoked), createdAt: 1, revokedAt: 2 },
  ]);
  const auth = new PublisherAuth(source);
  const claim = (station: string, secret: string) => auth.authorize({ station, secret, address: '::1', signal });

  it('accepts a key of the station and notes its use', async () => {
    expect(await claim('radio', key)).toEqual({ keyId: 'k1' });
    expect(source.used).toEqual(['k1']);
  });

  it('tells an unknown station, a wrong key and a revoked key apart', async () => {
    await expect(claim('other', key)).rejects.toMatchObject({ code: 'unknown_station' });
    await expect(claim('../etc', key)).rejects.toMatchObject({ code: 'unknown_station' });
    await expect(claim('radio', makeStreamKey())).rejects.toMatchObject({ code: 'bad_key' });
    await expect(claim('radio', '')).rejects.toMatchObject({ code: 'bad_key', message: /^No stream key/ });
    await expect(claim('radio', revoked)).rejects.toMatchObject({ code: 'key_revoked' });
  });

  it('finds out later that a key was revoked or its station removed', async () => {
    await expect(auth.recheck('radio', 'k1')).resolves.toBeUndefined();
    await expect(auth.recheck('radio', 'k2')).rejects.toMatchObject({ code: 'key_revoked' });
    await expect(auth.recheck('radio', 'k9')).rejects.toMatchObject({ code: 'key_revoked' });
    await expect(auth.recheck('other', 'k1')).rejects.toMatchObject({ code: 'unknown_station' });
  });

  it('makes keys of the published shape', () => {
    const keys = Array.from({ length: 200 }, makeStreamKey);
    expect(keys.every((made) => STREAM_KEY_PATTERN.test(made))).toBe(true);
    expect(new Set(keys).size).toBe(200);
  });
});

describe('GuessLimiter', () => {
  const guess = async (limiter: GuessLimiter, address: string, times: number) => {
    const delays: number[] = [];
    for (let i = 0; i < times; i++) delays.push(await limiter.wrongKey(address));
    return delays;
  };

  it('slows down an address after a few wrong keys, up to a limit, and no other address', async () => {
    const limiter = new GuessLimiter();
    const delays = await guess(limiter, '192.0.2.1', 20);
    expect(delays.slice(0, FREE_GUESSES)).toEqual(Array(FREE_GUESSES).fill(0));
    expect(delays.slice(FREE_GUESSES, FREE_GUESSES + 3)).toEqual([100, 200, 400]);
    expect(delays.at(-1)).toBe(MAX_GUESS_DELAY_MS);
    expect(await limiter.wrongKey('192.0.2.2')).toBe(0);
  });

  it('takes all of an IPv6 /64 for one address', async () => {
    const limiter = new GuessLimiter();
    for (let i = 0; i < FREE_GUESSES; i++) await limiter.wrongKey(`2001:db8:1:2::${i}`);
    expect(await limiter.wrongKey('2001:db8:1:2:ffff::1')).toBe(100);
    expect(await limiter.wrongKey('2001:db8:1:3::1')).toBe(0);
    expect(await limiter.wrongKey('::ffff:192.0.2.1')).toBe(0);
  });

  it('forgets an address after a while', async () => {
    let now = 0;
    const limiter = new GuessLimiter({ now: () => now });
    await guess(limiter, '192.0.2.1', FREE_GUESSES + 1);
    now = 600_001;
    expect(await limiter.wrongKey('192.0.2.1')).toBe(0);
  });

  it('remembers a limited number of addresses', async () => {
    const limiter = new GuessLimiter();
    for (let i = 0; i < MAX_GUESSING_ADDRESSES + 50; i++) await limiter.wrongKey(`192.0.2.1.${i}`);
    expect(limiter.size).toBe(MAX_GUESSING_ADDRESSES);
  });

  it('counts over all nodes, for a limited time, and for itself while Redis is away', async () => {
    const redis = await startTestRedis();
    const [here, there] = [redis.handle(), redis.handle()];
    await Promise.all([here.commands.ping(), there.commands.ping()]);
    await guess(new GuessLimiter({ handle: here }), '192.0.2.1', FREE_GUESSES);
    const other = new GuessLimiter({ handle: there });
    expect(await other.wrongKey('192.0.2.1')).toBe(100);
    const [key = ''] = await here.commands.keys('awaz:limit:guess*');
    expect(await here.commands.ttl(key)).toBeGreaterThan(0);
    await redis.kill();
    await until(() => there.commands.status !== 'ready');
    expect((await guess(other, '192.0.2.1', FREE_GUESSES + 1)).at(-1)).toBe(100);
    await redis.close();
  });
});

describe('credentials', () => {
  it('reads a bearer token and nothing else', () => {
    expect(bearerToken('Bearer abc123')).toBe('abc123');
    expect(bearerToken('bearer  abc.def_ghi-j=')).toBe('abc.def_ghi-j=');
    expect(bearerToken('Basic abc')).toBeUndefined();
    expect(bearerToken('Bearer a b')).toBeUndefined();
    expect(bearerToken(undefined)).toBeUndefined();
  });

  it('believes a forwarded address only behind a trusted proxy, and then the last one', () => {
    const request = (forwarded?: string) =>
      ({ headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress: '10.0.0.1' } }) as never;
    expect(clientAddress(request('1.1.1.1, 2.2.2.2'), false)).toBe('10.0.0.1');
    expect(clientAddress(request('1.1.1.1, 2.2.2.2'), true)).toBe('2.2.2.2');
    expect(clientAddress(request(), true)).toBe('10.0.0.1');
  });
});
