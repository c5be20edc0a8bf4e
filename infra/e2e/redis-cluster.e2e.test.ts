import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { io } from 'socket.io-client';
import { startTestRedisCluster, type TestRedisCluster, tone, until, wavOf } from '../testkit/index.ts';
import { chunksOf, encodeAs, SWEEP_FORMATS } from './formats.ts';
import { followRendition, variantsOf } from './hls-reader.ts';
import { decodeAudio, rmsOf } from './pcm.ts';
import { askApi } from './people.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, startStack } from './stack.ts';
import { sendInRealTime } from './timed-send.ts';

const SECONDS = 8;
const stopped = new AbortController();
let cluster: TestRedisCluster;
let stack: Stack;

beforeAll(async () => {
  cluster = await startTestRedisCluster();
  stack = await startStack({ apis: 2, redisUrl: cluster.url });
}, 90_000);

afterAll(async () => {
  stopped.abort();
  await stack?.close();
  await cluster?.close();
});

/** A listener who is told what happens on a station. */
async function listener(server: string, station: string) {
  const socket = io(server, { transports: ['websocket'], forceNew: true });
  const heard: string[] = [];
  socket.onAny((event: string) => heard.push(event));
  const call = (event: string, body: object) => socket.timeout(10_000).emitWithAck(event, { station, ...body });
  expect(await call('stream:join', {})).toMatchObject({ ok: true });
  return { heard, call, close: () => socket.close() };
}

test('on a Redis Cluster a show is heard, counted and talked about on every node, over the crash of one of its nodes', async () => {
  const [near, far] = stack.apis.map(({ url }) => url) as [string, string];
  const station = await stack.addStation('clustered');
  const format = SWEEP_FORMATS[0];
  if (format === undefined) throw new Error('There is no format to push.');
  const sound = tone({ seconds: SECONDS });
  const file = await encodeAs(format, wavOf(sound.samples, sound.rate, sound.channels));
  const people = [await listener(near, station.slug), await listener(far, station.slug)];
  const ingest = await openSimpleIngest({ server: near, station, type: format.type });
  const sending = sendInRealTime(chunksOf(format, file, SECONDS), ingest.send, stopped.signal);
  const [variant] = await variantsOf(far, station.slug);
  if (variant === undefined) throw new Error('No variant is listed.');
  const following = followRendition(variant, stopped.signal);
  const count = async () => {
    const path = `/stations/${station.slug}`;
    return (await askApi<{ listeners?: { count: number } }>(near, path, { method: 'GET' })).listeners?.count;
  };
  await until(async () => people.every(({ heard }) => heard.includes('stream:started')), { what: 'all are told' });
  await until(async () => (await count()) === 1, { what: 'the one who listens is counted' });
  expect(await people[0]?.call('chat:send', { text: 'salaam' })).toMatchObject({ ok: true });
  expect(await people[1]?.call('interaction:like', {})).toMatchObject({ ok: true });
  for (const name of ['chat:message', 'interaction:like', 'stream:listeners']) {
    await until(async () => people.every(({ heard }) => heard.includes(name)), { what: `${name} is told to all` });
  }
  await cluster.crash(1);
  await sending;
  await ingest.end();
  const { init, segments, last } = await following;
  expect(last.ended).toBe(true);
  const { channels, rate } = await decodeAudio(Buffer.concat([init, ...segments.map(({ bytes }) => bytes)]), 'mp4');
  const [left = new Float32Array()] = channels;
  const tenth = rate / 10;
  const loud = Array.from({ length: Math.floor(left.length / tenth) }, (_, i) => i).filter(
    (i) => rmsOf(left, i * tenth, (i + 1) * tenth) > 0.1,
  );
  // What comes while Redis is away finds its place filled; the rest is heard, to the end.
  expect(loud.length / 10).toBeGreaterThan(SECONDS / 2);
  expect(left.length / tenth - (loud.at(-1) ?? 0)).toBeLessThan(10);
  await until(async () => people.every(({ heard }) => heard.includes('stream:stopped')), { what: 'the end is told' });
  for (const { close } of people) close();
}, 90_000);
