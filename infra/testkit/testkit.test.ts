import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import {
  clickTrack,
  launchChromium,
  runProgram,
  spawnProgram,
  startTestRedis,
  type TestRedis,
  testFfmpeg,
  until,
  wavOf,
} from './index.ts';

describe('the private Redis of a test', () => {
  let redis: TestRedis;
  beforeAll(async () => {
    redis = await startTestRedis();
  }, 120_000);
  afterAll(() => redis.close());

  test('comes back with its data under the same address after a crash', async () => {
    const handle = redis.handle();
    await handle.commands.set('a', '1');
    // Written to the file by the operating system's cache at once; only a power cut could lose it.
    await redis.kill();
    await redis.restart();
    await until(async () => (await handle.commands.get('a')) === '1', { what: 'the key is there again' });
  });
});

describe('a program beside a test', () => {
  test('is waited for by what it says and ended by close', async () => {
    const program = spawnProgram('/bin/sh', ['-c', 'echo ready; sleep 60']);
    await program.says(/ready/);
    await program.close();
    expect(await program.ended).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('fails with its output when it ends without saying it', async () => {
    const program = spawnProgram('/bin/sh', ['-c', 'echo something else; exit 3']);
    await expect(program.says(/ready/)).rejects.toThrow(/ended.*"code":3[\s\S]*something else/);
  });
});

test('until fails with what was waited for and the last error', async () => {
  const failing = () => {
    throw new Error('nobody home');
  };
  const waiting = until(failing, { timeoutMs: 30, what: 'somebody answers' });
  await expect(waiting).rejects.toThrow('Not within 30 ms: somebody answers (nobody home)');
});

test('a written WAV is read by ffmpeg with its length', async () => {
  const { samples, rate, channels } = clickTrack({ seconds: 1.5, everyMs: 500, channels: 1 });
  const { path } = await testFfmpeg();
  const args = ['-hide_banner', '-loglevel', 'error', '-f', 'wav', '-i', 'pipe:0', '-f', 's16le', 'pipe:1'];
  const decoded = await runProgram(path, args, { input: wavOf(samples, rate, channels) });
  expect(decoded.stdout.length).toBe(1.5 * 48_000 * 2);
});

/** Runs in the page: the loudest sample the microphone gives within two seconds. */
const LOUDEST_SAMPLE = `(async () => {
  const context = new AudioContext();
  const audio = { autoGainControl: false, noiseSuppression: false, echoCancellation: false };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let peak = 0;
  for (let looks = 0; looks < 400 && peak < 0.5; looks++) {
    analyser.getFloatTimeDomainData(samples);
    for (const sample of samples) peak = Math.max(peak, sample);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return peak;
})()`;

test('Chromium hears a WAV file as its microphone', async () => {
  const { samples, rate, channels } = clickTrack({ seconds: 2, everyMs: 200, channels: 1 });
  // Only pages of a trusted place, such as this machine, may use the microphone.
  const server = createServer((_, response) => response.end('<!doctype html>')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const chromium = await launchChromium({ fakeMicrophoneWav: wavOf(samples, rate, channels) });
  try {
    const page = await chromium.newPage(`http://localhost:${(server.address() as AddressInfo).port}/`);
    expect(await page.evaluate(LOUDEST_SAMPLE)).toBeGreaterThanOrEqual(0.5);
    expect(chromium.pageErrors).toEqual([]);
  } finally {
    await chromium.close();
    server.close();
  }
}, 120_000);
