import { PassThrough, Readable } from 'node:stream';
import { BroadcastRegistry, publisherToken } from '@awaz/infra/broadcasts';
import { ChunkLogReader, ChunkLogWriter } from '@awaz/infra/chunk-log';
import { cutForPartTarget, parseLadder, STREAM_KEY_PATTERN } from '@awaz/infra/contract';
import { type BusMessage, ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountStore } from '../accounts/index.ts';
import { findStreamKey } from '../auth/index.ts';
import { StationStore } from './index.ts';
import { runStationCli } from './station-cli.ts';

let redis: TestRedis;
let handle: RedisHandle;
let bus: ControlBus;
let store: StationStore;
const heard: BusMessage[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
  bus = new ControlBus(handle);
  bus.listen((message) => heard.push(message));
  store = new StationStore({ handle, bus, registry: new BroadcastRegistry(handle) });
});

beforeEach(() => handle.commands.flushall());

afterAll(async () => {
  bus.close();
  await redis.close();
});

async function run(args: string, input: Readable & { isTTY?: boolean } = Readable.from([])) {
  const output = new PassThrough();
  const errors = new PassThrough();
  const argv = args.match(/"[^"]*"|\S+/g)?.map((word) => word.replaceAll('"', '')) ?? [];
  const settings = () => ({ redisUrl: redis.url, publicUrl: 'https://radio.example/', namesAdmin: false });
  const context = { settings, input, output, errors };
  const code = await runStationCli(argv, context);
  return { code, out: String(output.read() ?? ''), err: String(errors.read() ?? '') };
}

const runJson = async (args: string) => JSON.parse((await run(`${args} --json`)).out);

describe('npm run station', () => {
  it('makes a station and prints its addresses and its key once', async () => {
    const { code, out } = await run('add night-radio --title "Night radio"');
    expect(code).toBe(0);
    expect(out).toContain('https://radio.example/s/night-radio');
    expect(out).toContain('https://radio.example/live/night-radio/index.m3u8');
    const key = /Stream key {2}(\S+)/.exec(out)?.[1] ?? '';
    expect(key).toMatch(STREAM_KEY_PATTERN);
    expect(await store.get('night-radio')).toMatchObject({ slug: 'night-radio', title: 'Night radio', public: true });
    const records = (await store.streamKeys('night-radio')) ?? [];
    expect(findStreamKey(records, key)).toBe(records[0]);
    expect(JSON.stringify(await handle.commands.hgetall('awaz:{night-radio}:keys'))).not.toContain(key);
  });

  it('refuses a second station of the same name, or makes a fresh key with --if-missing', async () => {
    const first = await runJson('add radio');
    expect(await run('add radio')).toMatchObject({ code: 1, err: expect.stringContaining('already') });
    const second = await runJson('add radio --if-missing');
    expect([first.created, second.created]).toEqual([true, false]);
    expect(second.key).not.toBe(first.key);
    expect(await store.streamKeys('radio')).toHaveLength(2);
  });

  it('lists stations, and says so when there is none', async () => {
    expect((await run('list')).out).toBe('There is no station yet.\n');
    await run('add b --title "Second letter"');
    await run('add a');
    expect((await runJson('list')).stations).toMatchObject([{ slug: 'b', title: 'Second letter' }, { slug: 'a' }]);
    expect((await run('list')).out).toMatch(
      /SLUG {2}TITLE +PROFILE +LISTEN\nb {5}Second letter {2}default +https:\S+\na /,
    );
  });

  it('gives a station a profile and changes it, and names the profiles when there is no such one', async () => {
    await run('add radio --title Radio --profile safe');
    expect(await store.get('radio')).toMatchObject({ profile: 'safe' });
    const { code, out } = await run('set radio --profile classic');
    expect(code).toBe(0);
    expect(out).toBe('Station     radio\nTitle       Radio\nProfile     classic   (from the next broadcast on)\n');
    expect(await runJson('set radio --title "New name"')).toMatchObject({ title: 'New name', profile: 'classic' });
    expect(await runJson('set radio --profile default')).not.toHaveProperty('profile');
    for (const call of ['add other --profile slow', 'set radio --profile slow']) {
      expect(await run(call)).toMatchObject({ code: 1, err: expect.stringContaining('ultra, fast, safe, classic') });
    }
    expect(await store.get('other')).toBeUndefined();
    expect(await run('set radio')).toMatchObject({ code: 1, err: expect.stringContaining('Nothing was changed') });
    expect(await run('set nowhere --profile fast')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no station'),
    });
  });

  it('makes, lists and revokes keys, and tells running programs of a revoked one', async () => {
    await run('add radio');
    const { keyId } = await runJson('key radio --label "studio two"');
    expect((await run('keys radio')).out).toContain('studio two');
    expect(await run(`revoke radio ${keyId}`)).toMatchObject({ code: 0 });
    const { keys } = await runJson('keys radio');
    expect(keys[1]).toMatchObject({ id: keyId, revokedAt: expect.any(Number) });
    expect(keys[1]).not.toHaveProperty('hash');
    await until(() => heard.some((message) => message.type === 'key_revoked' && message.keyId === keyId));
    expect(await run('revoke radio nokey')).toMatchObject({ code: 1, err: expect.stringContaining('no stream key') });
  });

  it('notes the use of a key without waking a revoked one', async () => {
    const { keyId } = await runJson('add radio');
    await store.noteKeyUse('radio', keyId);
    expect((await store.streamKeys('radio'))?.[0]).toMatchObject({ lastUsedAt: expect.any(Number) });
    await store.revokeKey('radio', keyId);
    const revokedAt = (await store.streamKeys('radio'))?.[0]?.revokedAt;
    await store.noteKeyUse('radio', keyId);
    await store.revokeKey('radio', keyId);
    expect((await store.streamKeys('radio'))?.[0]?.revokedAt).toBe(revokedAt);
  });

  it('removes a station after a yes only, and ends its broadcast', async () => {
    await run('add radio');
    const token = publisherToken('key1');
    const cut = cutForPartTarget(192);
    const request = { token, takeover: false, ladder: parseLadder('128k'), cut, openedBy: 'key1' };
    const opened = await new BroadcastRegistry(handle).open('radio', request);
    const broadcastId = 'record' in opened ? opened.record.broadcastId : '';
    await new ChunkLogWriter(handle, { station: 'radio', broadcastId, token }).openEpoch('e1', 'audio/aac');

    expect(await run('remove radio')).toMatchObject({ code: 1, err: expect.stringContaining('--yes') });
    const no = Object.assign(Readable.from(['no\n']), { isTTY: true });
    expect(await run('remove radio', no)).toMatchObject({ code: 1 });
    expect(await store.get('radio')).toBeDefined();

    const yes = Object.assign(Readable.from(['y\n']), { isTTY: true });
    expect(await run('remove radio', yes)).toMatchObject({ code: 0 });
    expect(await store.get('radio')).toBeUndefined();
    expect(await store.streamKeys('radio')).toBeUndefined();
    expect(await store.list()).toEqual([]);
    const entries = await new ChunkLogReader(handle, { station: 'radio', broadcastId }).range('-', '+');
    expect(entries.at(-1)).toMatchObject({ kind: 'end', reason: 'station_removed' });
    await until(() => heard.some(({ type }) => type === 'station_removed'));
    expect(await run('remove radio --yes')).toMatchObject({ code: 1, err: expect.stringContaining('no station') });
  });

  it('makes one station on a first run, and none when there is any', async () => {
    const first = JSON.parse((await run('first-run')).out);
    expect(first).toEqual({
      station: 'my-station',
      key: expect.stringMatching(STREAM_KEY_PATTERN),
      signInToken: expect.stringMatching(/^[\w-]{32}$/),
    });
    expect((await run('first-run')).out).toBe('{}\n');
    expect((await run('first-run --json')).out).toBe('{}\n');
  });

  it('gives a station to an account, which becomes an owner', async () => {
    const accounts = new AccountStore(handle);
    const ann = { email: 'ann@example.org', name: 'Ann', role: 'listener' as const, passwordHash: undefined };
    const { id } = await accounts.create(ann);
    await run('add radio');
    expect((await store.standing('radio', id))?.ownerId).toBeUndefined();
    expect(await runJson('owner radio Ann@Example.org')).toEqual({ station: 'radio', ownerId: id });
    expect(await store.standing('radio', id)).toEqual({ slug: 'radio', public: true, ownerId: id, role: undefined });
    expect((await accounts.get(id))?.role).toBe('owner');
    expect(await run('owner radio bob@example.org')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no account'),
    });
    expect(await run('owner nowhere ann@example.org')).toMatchObject({ code: 1 });
  });

  it('prints a sign-in link for a new administrator', async () => {
    expect((await run('admin-link')).out).toMatch(/https:\/\/radio\.example\/sign-in#token=[\w-]{32} /);
    expect(JSON.parse((await run('first-run')).out)).not.toHaveProperty('signInToken');
  });

  it('explains what is wrong with a call', async () => {
    expect(await run('')).toMatchObject({ code: 2, err: expect.stringContaining('npm run station -- COMMAND') });
    expect(await run('toString')).toMatchObject({ code: 2, err: expect.stringContaining('no command "toString"') });
    expect(await run('add')).toMatchObject({ code: 2, err: expect.stringContaining('Write: add SLUG') });
    expect(await run('list --nonsense')).toMatchObject({ code: 2 });
    expect(await run('add Not-A-Slug')).toMatchObject({ code: 1, err: expect.stringContaining('small letters') });
    expect(await run('add radio --title ""')).toMatchObject({ code: 1, err: expect.stringContaining('title') });
    expect(await run('key nowhere')).toMatchObject({ code: 1, err: expect.stringContaining('no station "nowhere"') });
    for (const call of ['--help', 'add --help', 'remove -h']) {
      expect(await run(call)).toMatchObject({ code: 0, out: expect.stringContaining('first-run') });
    }
  });
});
