import { ERROR_TABLE, encodeChunkMessage } from '@awaz/infra/contract';
import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TestClient } from '../test/ingest-client.ts';
import { wavPiece } from '../test/ingest-media.ts';
import { startFakeTranscoder, startNode, type TestNode } from '../test/ingest-node.ts';

/** `internal` would be a fault of ours. */
const CODES = Object.keys(ERROR_TABLE).filter((code) => code !== 'internal');

/** Seeds that found something once, and one fresh one with each run. */
const SEEDS = [1, 20_261_121, Date.now()];

let redis: TestRedis;
let node: TestNode;
let transcoder: { close(): Promise<void> };
let key: string;
let good: TestClient;

beforeAll(async () => {
  redis = await startTestRedis();
  node = await startNode(redis, { helloTimeoutMs: 200 });
  transcoder = await startFakeTranscoder(redis);
  key = await node.addStation('fuzz');
  good = new TestClient(node.host, 'good', { key: await node.addStation('good') });
  await good.hello();
  await good.chunk(0, wavPiece(0));
});

afterAll(async () => {
  good.cut();
  await transcoder.close();
  await node.close();
  await redis.close();
});

const bytes = fc.uint8Array({ maxLength: 300 });
const chunk = fc
  .record({ seq: fc.oneof(fc.nat(3), fc.nat()), capturedAt: fc.double(), piece: fc.nat(3), damage: bytes })
  .map(({ seq, capturedAt, piece, damage }) =>
    encodeChunkMessage({ seq, capturedAt, payload: Buffer.concat([wavPiece(piece), damage]) }),
  );
const hello = fc.record(
  {
    type: fc.constantFrom('hello', 'end', 'bye'),
    format: fc.constantFrom<unknown>('audio/wav', 'audio/ogg', 'text/html', 7, ''),
    takeover: fc.constantFrom<unknown>(true, false, 'yes'),
    resume: fc.oneof(fc.jsonValue(), fc.record({ broadcastId: fc.string(), epoch: fc.string() })),
    clientTime: fc.oneof(fc.double(), fc.string()),
  },
  { requiredKeys: ['type'] },
);
const message = fc.oneof(
  chunk,
  bytes,
  fc.string(),
  fc.json(),
  hello.map((value) => JSON.stringify(value)),
);
const type = fc.constantFrom('audio/wav', 'audio/webm;codecs=opus', 'x');
const address = fc.record({ type }, { requiredKeys: [] });

describe('a fuzzed client', () => {
  it.each(SEEDS)('is answered with a code of the table or served, and disturbs nobody (seed %d)', async (seed) => {
    let goodSeq = await lastStored();
    await fc.assert(
      fc.asyncProperty(address, fc.array(message, { maxLength: 6 }), async (where, messages) => {
        const client = new TestClient(node.host, 'fuzz', { ...where, key });
        for (const data of messages) await client.send(data);
        await Promise.race([client.closed, settled(client)]);
        client.cut();
        await client.closed;
        const errors = client.messages.filter((told) => told.type === 'error');
        for (const { code } of errors) expect(CODES).toContain(code);
        goodSeq++;
        await good.chunk(goodSeq, wavPiece(1));
        await good.acked(goodSeq);
      }),
      { seed, numRuns: 50, endOnFailure: true },
    );
    expect(good.messages.filter(({ type }) => type === 'error')).toEqual([]);
  });
});

async function lastStored(): Promise<number> {
  return (await node.log('good')).reduce((last, entry) => (entry.kind === 'chunk' ? entry.seq : last), 0);
}

/** A client that is served does not have its connection closed: the first answer will do. */
function settled(client: TestClient): Promise<void> {
  return new Promise((resolve) => client.socket.once('message', () => setImmediate(resolve)));
}
