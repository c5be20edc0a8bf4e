import { get } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tone, until, wavOf } from '../testkit/index.ts';
import { chunksOf, encodeAs, SWEEP_FORMATS } from './formats.ts';
import { variantsOf } from './hls-reader.ts';
import { decodeAudio, rmsOf } from './pcm.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, startStack } from './stack.ts';
import { sendInRealTime } from './timed-send.ts';

const SECONDS = 6;
const LISTENERS = 4;
const stopped = new AbortController();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ env: { ORIGIN_WORKERS: '2' } });
}, 60_000);
afterAll(() => {
  stopped.abort();
  return stack.close();
});

/** The progressive stream, to its end, over a connection of its own. */
function listen(station: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const asked = get(`${stack.url}/live/${station}/stream.aac`, { agent: false }, (answer) => {
      buffer(answer).then(resolve, reject);
    });
    asked.on('error', reject);
  });
}

async function listenersOf(worker: number): Promise<number> {
  const metrics = await (await fetch(`${stack.url}/metrics`)).text();
  const line = new RegExp(`^awaz_api_worker_requests_total\\{.*class="stream".*worker="${worker}".*\\} (\\d+)$`, 'm');
  return Number(line.exec(metrics)?.[1] ?? 0);
}

test('what is pushed to one worker is heard through connections on both', async () => {
  const station = await stack.addStation('workers');
  const [format] = SWEEP_FORMATS;
  if (format === undefined) throw new Error('There is no format to push.');
  const sound = tone({ seconds: SECONDS });
  const file = await encodeAs(format, wavOf(sound.samples, sound.rate, sound.channels));
  const ingest = await openSimpleIngest({ server: stack.url, station, type: format.type });
  const sending = sendInRealTime(chunksOf(format, file, SECONDS), ingest.send, stopped.signal);
  await variantsOf(stack.url, station.slug);
  const listening: Promise<Buffer>[] = [];
  for (let count = 1; count <= LISTENERS; count++) {
    listening.push(listen(station.slug));
    await until(async () => (await listenersOf(1)) + (await listenersOf(2)) === count, { what: `listener ${count}` });
  }
  for (const worker of [1, 2]) expect(await listenersOf(worker)).toBeGreaterThan(0);
  await sending;
  await ingest.end();
  const heard = await Promise.all(listening);
  const tails = heard.map((bytes) => bytes.subarray(-32_768).toString('base64'));
  expect(new Set(tails).size).toBe(1);
  for (const bytes of heard) {
    const { channels } = await decodeAudio(bytes, 'aac');
    expect(rmsOf(channels[0] ?? new Float32Array())).toBeGreaterThan(0.1);
  }
}, 60_000);
