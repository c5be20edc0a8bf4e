import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { MEDIA_AFTER_END_MS } from '../broadcasts/index.ts';
import { BROADCAST_QUEUE, DIRECTORY_TOPIC, eventKeys, stationKeys } from '../redis/index.ts';
import { tone, until, wavOf } from '../testkit/index.ts';
import { variantsOf } from './hls-reader.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, startStack } from './stack.ts';
import { evenChunks, sendInRealTime } from './timed-send.ts';

const SECONDS = 3;
let stack: Stack;

beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack.close());

test('a minute after a broadcast there is nothing of it in Redis but counters and its recording', async () => {
  const station = await stack.addStation('leftovers');
  const { commands } = stack.redis.handle();
  const before = new Set(await commands.keys('*'));
  const sound = tone({ seconds: SECONDS });
  const file = wavOf(sound.samples, sound.rate, sound.channels);
  const ingest = await openSimpleIngest({ server: stack.url, station, type: 'audio/wav' });
  const sending = sendInRealTime(evenChunks(file, SECONDS), ingest.send);
  await variantsOf(stack.url, station.slug);
  await sending;
  await ingest.end();
  const live = stationKeys(station.slug).live;
  await until(async () => (await commands.hget(live, 'state')) === 'ended', { what: 'the broadcast has ended' });

  // The job ends a moment after its broadcast.
  const queue = (what: string) => `${BROADCAST_QUEUE.prefix}:${BROADCAST_QUEUE.name}:${what}`;
  const { fence, events, eventHead } = stationKeys(station.slug);
  const directory = eventKeys(DIRECTORY_TOPIC);
  // What happened on a station, and in the directory, is kept for a day, for those who come back; so are the marks
  // that the directory was told of it.
  const kept = [events, eventHead, directory.events, directory.eventHead];
  const told = `awaz:{${DIRECTORY_TOPIC}}:told:`;
  const recorded = /^awaz:recordings$|:recordings?(:|$)/;
  const lasting = new Set([...before, queue('events'), queue('id'), fence, ...kept]);
  await until(
    async () => {
      const lives = await Promise.all(
        (await commands.keys('*')).map(async (key) => ({ key, ms: await commands.pttl(key) })),
      );
      const overdue = lives.filter(
        ({ key, ms }) =>
          !lasting.has(key) &&
          !key.startsWith(told) &&
          !recorded.test(key) &&
          ms !== -2 &&
          !(ms >= 0 && ms <= MEDIA_AFTER_END_MS),
      );
      if (overdue.length > 0) throw new Error(overdue.map(({ key, ms }) => `${key} ${ms} ms`).join(', '));
      return true;
    },
    { what: 'all but counters and the stations ends within a minute' },
  );
  expect(await commands.xlen(queue('events'))).toBeLessThanOrEqual(200);
}, 60_000);
