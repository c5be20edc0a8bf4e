import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tone, wavOf } from '../testkit/index.ts';
import { chunksOf, encodeAs, SWEEP_FORMATS } from './formats.ts';
import { fetchBytes, firstOwnPart, followRendition, variantsOf } from './hls-reader.ts';
import { decodeAudio, rmsOf } from './pcm.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, startStack } from './stack.ts';
import { sendInRealTime } from './timed-send.ts';

const SECONDS = 6;
const stopped = new AbortController();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ apis: 2 });
}, 60_000);
afterAll(() => {
  stopped.abort();
  return stack.close();
});

test('what is pushed to one node is heard from the other, from the first part after the opening on', async () => {
  const [near, far] = stack.apis.map(({ url }) => url);
  if (near === undefined || far === undefined) throw new Error('Two nodes were to be started.');
  const station = await stack.addStation('nodes');
  const format = SWEEP_FORMATS[0];
  if (format === undefined) throw new Error('There is no format to push.');
  const sound = tone({ seconds: SECONDS });
  const file = await encodeAs(format, wavOf(sound.samples, sound.rate, sound.channels));
  const ingest = await openSimpleIngest({ server: near, station, type: format.type });
  const sentAt = Date.now();
  const sending = sendInRealTime(chunksOf(format, file, SECONDS), ingest.send, stopped.signal);
  const variants = await variantsOf(far, station.slug);
  const [variant] = variants;
  if (variant === undefined) throw new Error('No variant is listed.');
  const playlist = await firstOwnPart(variant);
  const first = playlist.growing.parts[0];
  if (first === undefined) throw new Error(`The playlist has no part:\n${playlist.text}`);
  process.stdout.write(
    `first byte to first part with own audio, in the other node's playlist: ${Date.now() - sentAt} ms\n`,
  );
  const [init, part] = await Promise.all([fetchBytes(playlist.initUrl), fetchBytes(first.url)]);
  const { channels } = await decodeAudio(Buffer.concat([init, part]), 'mp4');
  expect(rmsOf(channels[0] ?? new Float32Array())).toBeGreaterThan(0.2);

  const [here] = await variantsOf(near, station.slug);
  if (here === undefined) throw new Error('No variant is listed.');
  const following = Promise.all([followRendition(variant), followRendition(here)]);
  await sending;
  await ingest.end();
  const [there, local] = await following;
  expect(there.last.ended).toBe(true);
  expect(there.segments.map(({ bytes }) => bytes)).toEqual(local.segments.map(({ bytes }) => bytes));
}, 60_000);
