import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';
import { openRawLiveSocket } from '../test/raw-live-socket.ts';
import { HOSTILE_TEXTS } from '../test/schema-arbitrary.ts';

const NO_LIMITS = { callsPerSecond: 1e9, callBurst: 1e9, socketsPerAddress: 1e6 };

let redis: TestRedis;
let node: ApiNode;
let people: People;
/** Another client of the same process, which nothing of this may harm. */
let bystander: LiveClient;

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startApiNode(redis, {}, { scale: 1e9, realtime: NO_LIMITS });
  people = await gatherPeople(node, redis.handle());
  await people.addStation('radio');
  await people.addStation('secret', { public: false });
  bystander = await connectLive(node.origin);
}, 60_000);

afterAll(async () => {
  bystander.close();
  people.close();
  await node.close();
  await redis.close();
});

const EVENTS = [
  ...['auth:renew', 'directory:join', 'directory:leave', 'admin:watch', 'stream:join', 'stream:leave'],
  ...['stream:heartbeat', 'stream:metadata:set', 'stream:stop', 'chat:send', 'chat:report', 'chat:delete', 'chat:mute'],
  ...[
    'chat:ban',
    'chat:unban',
    'chat:unmute',
    'chat:slow',
    'chat:settings:set',
    'interaction:like',
    'no:such',
    '__proto__',
    '',
  ],
];

const FIELDS = [
  ...['station', 'session', 'since', 'token', 'text', 'mediaTime', 'id', 'target', 'seconds', 'reason', 'at', 'show'],
  ...[
    'host',
    'track',
    'latencyMs',
    'bufferMs',
    'stalls',
    'engine',
    'rendition',
    'mode',
    'links',
    'words',
    'address',
    'slowSeconds',
    'key',
  ],
];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('radio', 'secret', 'nowhere', ...HOSTILE_TEXTS) },
  { weight: 2, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text) as unknown) },
);

const body = fc.oneof(
  { weight: 6, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 8 }) },
  { weight: 1, arbitrary: value },
);

/** As JSON has it; what is no JSON cannot be sent. */
const asSent = (sent: unknown) => JSON.parse(JSON.stringify(sent) ?? 'null') as unknown;

describe('every event of a socket', () => {
  it.each([
    ['/', undefined],
    ['/', 'member'],
    ['/studio', 'account'],
    ['/studio', 'owner'],
    ['/admin', 'admin'],
  ] as const)('on %s of %s is answered, never by internal, whatever it carries', async (namespace, actor) => {
    const auth = actor === undefined ? {} : { token: people.byActor[actor].client.token };
    const client = await connectLive(node.origin, { namespace, auth });
    const property = fc.asyncProperty(fc.constantFrom(...EVENTS), body, async (event, sent) => {
      const answer = await client.call(event, asSent(sent));
      if (answer.ok) return;
      expect(answer.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
      expect(answer.error.code).not.toBe('internal');
      if (actor === undefined || actor === 'account') expect(JSON.stringify(answer)).not.toMatch(/secret".*true/);
    });
    try {
      await fc.assert(property, { numRuns: 400, endOnFailure: true, ...seedOf(namespace) });
    } finally {
      client.close();
    }
    expect(await bystander.call('directory:join')).toMatchObject({ ok: true });
  });
});

/** Runs that once found something are repeated. */
const SEEDS: Record<string, { seed?: number; path?: string }> = {};
const seedOf = (namespace: string) => SEEDS[namespace] ?? {};

describe('bytes below Socket.IO', () => {
  it('end that connection at most, and harm no other', async () => {
    const packet = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 80 }),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
      fc
        .tuple(fc.constantFrom('0', '1', '2', '3', '4', '5', '6'), fc.string({ maxLength: 20 }))
        .map((pair) => pair.join('')),
      fc
        .tuple(fc.constantFrom('40', '41', '42', '43', '44', '451-', '4599999999-', '46'), fc.json({ maxDepth: 3 }))
        .map((pair) => pair.join('')),
      fc.constantFrom(
        '42["connect"]',
        '42["disconnect"]',
        '42[{}]',
        '42[]',
        '420["stream:join"]',
        '42/studio,["x"]',
        '40/nowhere,',
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(packet, { minLength: 1, maxLength: 8 }), fc.boolean(), async (packets, enter) => {
        const { socket, send } = await openRawLiveSocket(node.port, { enter });
        for (const each of packets) send(each);
        expect(await bystander.call('stream:heartbeat', { station: 'radio' })).toMatchObject({ ok: true });
        socket.terminate();
      }),
      { numRuns: 150, endOnFailure: true },
    );
  });
});
