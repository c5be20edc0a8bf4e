import { startTestRedis, type TestRedis } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MadeUpBroadcast } from './test/made-up-broadcast.ts';
import { type OriginServer, type Read, startOrigin } from './test/origin-server.ts';

let redis: TestRedis;
let server: OriginServer;
let broadcast: MadeUpBroadcast;

beforeAll(async () => {
  redis = await startTestRedis();
  const handle = redis.handle();
  server = await startOrigin(handle, { limits: { maxHoldMs: 30 } });
  broadcast = await MadeUpBroadcast.onAir(handle, { station: 'fuzz', parts: 3 });
});
afterAll(async () => {
  await server.close();
  await redis.close();
});

/** Paths that were trouble once, or look like it. */
const SEEDS = [
  '/live/',
  '/live//index.m3u8',
  '/live/fuzz/index.m3u8?session=%',
  '/live/fuzz/index.m3u8?session=~abc&session=~abcdefghijklmnopqrstuv',
  '/live/../fuzz/index.m3u8',
  '/live/%2e%2e/fuzz/index.m3u8',
  '/live/fuzz/%/index.m3u8',
  '/live/fuzz/%00/index.m3u8',
  '/live/__proto__/index.m3u8',
  '/live/constructor/index.m3u8',
  '/live/fuzz/BROADCAST/constructor/playlist.m3u8',
  '/live/fuzz/BROADCAST/64k/playlist.m3u8?_HLS_msn=%E0%A4%A',
  '/live/fuzz/BROADCAST/64k/playlist.m3u8?_HLS_msn=3&_HLS_part=00000000000000000004',
  '/live/fuzz/BROADCAST/64k/playlist.m3u8?_HLS_skip=',
  '/live/fuzz/BROADCAST/64k/playlist.m3u8?&&&===',
  '/live/fuzz/BROADCAST/64k/999999999999999.m4s',
  '/live/fuzz/BROADCAST/64k/999999999999999.999999.m4s',
  '/live/fuzz/BROADCAST/64k/-1.m4s',
  '/live/fuzz/BROADCAST/64k/0.0.0.m4s',
  '/live/fuzz/BROADCAST/64k/3.3.m4s?x',
  '/live/fuzz/~abcdefghijklmnopqrstuv/BROADCAST/64k/',
  `/live/${'a'.repeat(4000)}/index.m3u8`,
];

const FINE = new Set([200, 400, 404, 503]);

/** Asks on the fast lane and by way of Node, and expects the same of both. */
async function statusOf(path: string): Promise<number> {
  const target = path.replaceAll('BROADCAST', broadcast.record.broadcastId);
  const [read, other] = await Promise.all([server.get(target), server.get(target, { byNode: true })]);
  expect(comparable(other)).toEqual(comparable(read));
  return read.status;
}

/** Sessions are made anew for everybody; the rest is the same, but for what belongs to the connection. */
function comparable({ status, headers, text }: Read): unknown {
  const { date: _date, connection: _connection, 'keep-alive': _keepAlive, ...others } = headers;
  return [status, others, text.replaceAll(/~[A-Za-z0-9_-]{22}/g, '~session')];
}

describe('any path and query', () => {
  it.each(SEEDS)('%s gets an answer that is meant for it', async (path) => {
    expect(FINE.has(await statusOf(path))).toBe(true);
  });

  it('made up of likely pieces never ends in a 500 or a crash', async () => {
    const piece = fc.oneof(
      fc.constantFrom('fuzz', 'BROADCAST', '64k', '~abcdefghijklmnopqrstuv', 'index.m3u8', 'playlist.m3u8', 'init.mp4'),
      fc.constantFrom(
        '3.m4s',
        '3.4.m4s',
        '%7E',
        '..',
        '',
        '%',
        '\u00e9'.normalize('NFC').codePointAt(0)?.toString(16) ?? '',
      ),
      fc.stringMatching(/^[!-"$->@-~]{0,12}$/),
    );
    const pair = fc.tuple(
      fc.constantFrom('_HLS_msn', '_HLS_part', '_HLS_skip', 'session', 'token', '%5FHLS_msn', ''),
      fc.oneof(fc.constantFrom('3', '4', 'YES', 'v2', '-1', '%', '%33'), fc.stringMatching(/^[!-"$-~]{0,8}$/)),
    );
    const paths = fc
      .tuple(fc.array(piece, { maxLength: 7 }), fc.array(pair, { maxLength: 4 }))
      .map(
        ([pieces, pairs]) => `/live/${pieces.join('/')}?${pairs.map(([name, value]) => `${name}=${value}`).join('&')}`,
      );
    await fc.assert(
      fc.asyncProperty(paths, async (path) => {
        const status = await statusOf(path);
        expect([path, FINE.has(status)]).toEqual([path, true]);
      }),
      { numRuns: 300 },
    );
  });
});
