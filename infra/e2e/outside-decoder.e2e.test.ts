import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram, testFfmpeg, wavOf } from '../testkit/index.ts';
import { chunksOf, encodeAs, SWEEP_FORMATS } from './formats.ts';
import { variantsOf } from './hls-reader.ts';
import { openSimpleIngest } from './simple-push.ts';
import { type Stack, type StackStation, startStack } from './stack.ts';
import { stereoSweep } from './sweep.ts';
import { sendInRealTime } from './timed-send.ts';

const SECONDS = 14;
/**
 * This ffmpeg (of 2018; others up to at least 5.1 too) asks for the init section anew after each reload of a live
 * playlist and then complains of it, whatever the server.
 */
const ITS_OWN_FAULT = /^(\[mov,[^\]]+\] Found duplicated MOOV Atom\. Skipped it| *Last message repeated \d+ times)$/;

const stopped = new AbortController();
let stack: Stack;
let station: StackStation;

beforeAll(async () => {
  stack = await startStack();
  station = await stack.addStation('outside');
}, 60_000);
afterAll(() => {
  stopped.abort();
  return stack.close();
});

/** Plays a URL as any user of ffmpeg would, into nothing; `seconds` of it, or all. */
async function play(url: string, seconds?: number) {
  const { path } = await testFfmpeg();
  const length = seconds === undefined ? [] : ['-t', String(seconds)];
  const args = [
    '-hide_banner',
    '-nostdin',
    '-loglevel',
    'warning',
    '-i',
    url,
    ...length,
    '-f',
    's16le',
    '-ac',
    '1',
    'pipe:1',
  ];
  const { code, stdout, stderr } = await runProgram(path, args, { timeoutMs: 60_000 });
  return { code, complaints: stderr.split('\n').filter((line) => line !== ''), seconds: stdout.length / 2 / 48_000 };
}

test('ffmpeg plays a running and an ended broadcast without a warning', async () => {
  const format = SWEEP_FORMATS.find(({ name }) => name === 'webm-opus') ?? SWEEP_FORMATS[0];
  if (format === undefined) throw new Error('There is no format to push.');
  const sweep = stereoSweep(SECONDS);
  const file = await encodeAs(format, wavOf(sweep.samples, sweep.rate, sweep.channels));
  const ingest = await openSimpleIngest({ server: stack.url, station, type: format.type });
  const sending = sendInRealTime(chunksOf(format, file, SECONDS), ingest.send, stopped.signal);
  await variantsOf(stack.url, station.slug);
  const url = `${stack.url}/live/${station.slug}/index.m3u8`;
  const running = await play(url, 8);
  expect(running.code).toBe(0);
  expect(running.complaints.filter((line) => !ITS_OWN_FAULT.test(line))).toEqual([]);
  expect(running.seconds).toBeGreaterThan(7.9);
  await sending;
  await ingest.end();
  const ended = await play(url);
  expect(ended).toMatchObject({ code: 0, complaints: [] });
  expect(ended.seconds).toBeGreaterThan(SECONDS);
}, 90_000);
