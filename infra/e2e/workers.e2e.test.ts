import { get } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tone, until, wavOf } from '../testkit/index.ts';
import { chunksOf, encodeAs, SWEEP_FORMATS } from './formats.ts';
import { variantsOf } from './hls-reader.ts';
import { decodeAudio, PCM_RATE, rmsOf } from './pcm.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, startStack } from './stack.ts';
import { sendInRealTime } from './timed-send.ts';

/** Far more than it takes until everybody has heard enough, also on a machine that is busy. */
const SECONDS = 90;
const LISTENERS = 4;
/** Six seconds at 128 kbit/s. */
const ENOUGH_BYTES = 96_000;
const WITHIN = { timeoutMs: 60_000 };
const heardEnough = new AbortController();
let stack: Stack;

beforeAll(async () => {
  stack = await startStack({ env: { ORIGIN_WORKERS: '2' } });
}, 60_000);
afterAll(() => {
  heardEnough.abort();
  return stack.close();
});

/** A listener of the progressive stream over a connection of its own. */
type Listener = {
  received(): number;
  /** All it heard, to the end of the broadcast. */
  readonly whole: Promise<Buffer>;
};

function listen(station: string): Listener {
  const pieces: Buffer[] = [];
  const whole = new Promise<Buffer>((resolve, reject) => {
    const asked = get(`${stack.url}/live/${station}/stream.aac`, { agent: false }, (answer) => {
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('error', reject);
      answer.on('end', () => resolve(Buffer.concat(pieces)));
    });
    asked.on('error', reject);
  });
  return { received: () => pieces.reduce((sum, { length }) => sum + length, 0), whole };
}

async function listenersOf(worker: number): Promise<number> {
  const metrics = await (await fetch(`${stack.url}/metrics`)).text();
  const line = new RegExp(`^awaz_api_worker_requests_total\\{.*class="stream".*worker="${worker}".*\\} (\\d+)$`, 'm');
  return Number(line.exec(metrics)?.[1] ?? 0);
}

async function loudestSecond(bytes: Buffer): Promise<number> {
  const { channels } = await decodeAudio(bytes, 'aac');
  const samples = channels[0] ?? new Float32Array();
  const seconds = Array.from({ length: Math.floor(samples.length / PCM_RATE) }, (_, second) => second * PCM_RATE);
  return Math.max(...seconds.map((from) => rmsOf(samples, from, from + PCM_RATE)));
}

test('what is pushed to one worker is heard through connections on both', async () => {
  const station = await stack.addStation('workers');
  const [format] = SWEEP_FORMATS;
  if (format === undefined) throw new Error('There is no format to push.');
  const sound = tone({ seconds: SECONDS });
  const file = await encodeAs(format, wavOf(sound.samples, sound.rate, sound.channels));
  const ingest = await openSimpleIngest({ server: stack.url, station, type: format.type });
  const sending = sendInRealTime(chunksOf(format, file, SECONDS), ingest.send, heardEnough.signal);
  await variantsOf(stack.url, station.slug, WITHIN.timeoutMs);
  const listeners: Listener[] = [];
  for (let count = 1; count <= LISTENERS; count++) {
    listeners.push(listen(station.slug));
    const all = async () => (await listenersOf(1)) + (await listenersOf(2));
    await until(async () => (await all()) === count, { ...WITHIN, what: `${count} listen` });
  }
  for (const worker of [1, 2]) expect(await listenersOf(worker)).toBeGreaterThan(0);
  const haveEnough = () => listeners.every(({ received }) => received() >= ENOUGH_BYTES);
  await until(haveEnough, { ...WITHIN, what: 'all of them have heard six seconds' });
  heardEnough.abort();
  await sending;
  await ingest.end();
  const heard = await Promise.all(listeners.map(({ whole }) => whole));
  const ends = heard.map((bytes) => bytes.subarray(-ENOUGH_BYTES / 2).toString('base64'));
  expect(new Set(ends).size).toBe(1);
  for (const bytes of heard) expect(await loudestSecond(bytes)).toBeGreaterThan(0.2);
}, 180_000);
