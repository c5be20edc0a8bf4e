import type { Acknowledgement, AdminCalls, ClientCalls, StudioCalls } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { type ApiNode, startApiNode } from '../test/api-node.ts';
import { gatherPeople, type People } from '../test/api-people.ts';
import { connectLive, type LiveClient } from '../test/live-client.ts';
import { openRawLiveSocket } from '../test/raw-live-socket.ts';
import { fitting, HOSTILE_TEXTS, type JsonSchema, nearlyFitting } from '../test/schema-arbitrary.ts';
import { CORPUS, type FuzzedCall, SEEDS } from '../test/socket-corpus.ts';
import { authCalls } from './auth-calls.ts';
import { chatCalls } from './chat-calls.ts';
import { likeCalls } from './like-calls.ts';
import { liveCalls } from './live-calls.ts';
import { moderationCalls } from './moderation-calls.ts';
import { studioCalls } from './studio-calls.ts';

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
  await people.addStation('secret', { public: false, title: 'A title nobody may read' });
  const author = { id: 'g', name: 'Guest', role: 'guest' } as const;
  await new EventLog(redis.handle()).append('secret', 'chat:message', { author, text: 'words nobody may read', at: 1 });
  bystander = await connectLive(node.origin);
}, 60_000);

afterAll(async () => {
  bystander.close();
  people.close();
  await node.close();
  await redis.close();
});

/** What the server serves on sockets, beside `ingest:`; nothing of it is called here. */
const nothing = { chats: {} } as never;
const CALLS = [liveCalls, studioCalls, authCalls, chatCalls, moderationCalls, likeCalls].flatMap((make) =>
  make(nothing),
);

const schemas = new Map(
  CALLS.map(({ event, schema }) => [event, z.toJSONSchema(schema, { io: 'input' }) as JsonSchema]),
);
const UNKNOWN = ['no:such', '__proto__', 'constructor', ''];
const FIELDS = [...new Set([...schemas.values()].flatMap(({ properties = {} }) => Object.keys(properties)))];

const value = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('radio', 'secret', 'nowhere', ...HOSTILE_TEXTS) },
  { weight: 2, arbitrary: fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null)) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }).map((text) => JSON.parse(text) as unknown) },
);

/** Bodies for an event: right but for the station, nearly right, and anything. */
function bodyFor(event: string): fc.Arbitrary<unknown> {
  const schema = schemas.get(event) ?? {};
  const placed = fc
    .tuple(fitting(schema), fc.constantFrom('radio', 'radio', 'secret'))
    .map(([body, station]) => ({ ...(body as object), station }));
  return fc.oneof(
    { weight: 3, arbitrary: placed },
    { weight: 2, arbitrary: nearlyFitting(schema) },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 8 }) },
    { weight: 1, arbitrary: value },
  );
}

const call = fc
  .constantFrom(...schemas.keys(), ...UNKNOWN)
  .chain((event) => bodyFor(event).map((sent): FuzzedCall => [event, sent]));

/** As JSON has it; what is no JSON cannot be sent. */
const asSent = (sent: unknown) => JSON.parse(JSON.stringify(sent) ?? 'null') as unknown;

/** Belongs to the private station, or to nobody but administrators. */
const SECRETS = ['A title nobody may read', 'words nobody may read', '$argon2id'];

function judge([event, sent]: FuzzedCall, answer: Acknowledgement & Record<string, unknown>, maySee: boolean): void {
  if (!answer.ok) {
    expect(answer.error).toMatchObject({ code: expect.any(String), message: expect.any(String) });
    expect([event, sent, answer.error.code]).not.toEqual([event, sent, 'internal']);
  }
  if (!maySee) for (const secret of SECRETS) expect(JSON.stringify(answer)).not.toContain(secret);
}

const PEOPLE = [
  ['/', 'guest'],
  ['/', 'member'],
  ['/studio', 'account'],
  ['/studio', 'owner'],
  ['/admin', 'admin'],
] as const;

describe('every event of a socket', () => {
  it.each(PEOPLE)(
    'on %s of %s is answered, never by internal and never with a secret, whatever it carries',
    async (namespace, actor) => {
      const auth = actor === 'guest' ? {} : { token: people.byActor[actor].client.token };
      const client = await connectLive(node.origin, { namespace, auth });
      const heard: unknown[] = [];
      client.socket.onAny((...told: unknown[]) => heard.push(told));
      const maySee = actor !== 'guest' && actor !== 'account';
      const run = async (made: FuzzedCall) => {
        const [event, sent] = made;
        judge(made, await client.call(event, asSent(sent)), maySee);
      };
      try {
        for (const known of CORPUS) await run(known);
        for (const seed of SEEDS) {
          await fc.assert(fc.asyncProperty(call, run), { seed, numRuns: 60, endOnFailure: true });
        }
      } finally {
        client.close();
      }
      if (!maySee) for (const secret of SECRETS) expect(JSON.stringify(heard)).not.toContain(secret);
      expect(await bystander.call('directory:join')).toMatchObject({ ok: true });
    },
  );

  it('is fuzzed: those of listeners, owners, moderators and administrators', () => {
    const named: Record<keyof (ClientCalls & StudioCalls & AdminCalls), true> = {
      ...{ 'auth:renew': true, 'directory:join': true, 'directory:leave': true, 'stream:join': true },
      ...{ 'stream:leave': true, 'stream:heartbeat': true, 'chat:send': true, 'chat:delete': true },
      ...{ 'chat:report': true, 'interaction:like': true, 'stream:metadata:set': true, 'stream:stop': true },
      ...{ 'chat:mute': true, 'chat:unmute': true, 'chat:ban': true, 'chat:unban': true, 'chat:slow': true },
      ...{ 'chat:settings:set': true, 'admin:watch': true },
    };
    expect(new Set(schemas.keys())).toEqual(new Set(Object.keys(named)));
  });
});

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
