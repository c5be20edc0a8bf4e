import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { studioPath } from '../contract/index.ts';
import { pause } from '../runtime/index.ts';
import {
  launchChromium,
  runProgram,
  spawnProgram,
  type TempDir,
  type TestProgram,
  tempDir,
  testFfmpeg,
  tone,
  until,
  wavOf,
} from '../testkit/index.ts';
import { builtProgram, type Stack, type StackStation, startStack } from './stack.ts';
import { readStoredChunks, type StoredChunks } from './stored-chunks.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** Longest wait for a page or a program, in ms. */
const PATIENCE_MS = 20_000;

let stack: Stack;
let proxy: TcpProxy;
let folder: TempDir;
let station: StackStation;
let stored: StoredChunks | undefined;
let stations = 0;

beforeAll(async () => {
  folder = await tempDir();
  stack = await startStack();
  proxy = await startTcpProxy(Number(new URL(stack.url).port));
}, 60_000);

beforeEach(async () => {
  station = await stack.addStation(`cuts-${stations++}`);
});

afterEach(async () => {
  proxy.mend();
  await stored?.close();
});

afterAll(async () => {
  await proxy?.close();
  await stack?.close();
  await folder?.close();
});

async function cutFor(ms: number): Promise<void> {
  proxy.cut();
  await pause(ms);
  proxy.mend();
}

async function pushThroughProxy(seconds: number, ...options: string[]): Promise<{ push: TestProgram; file: Buffer }> {
  const { samples } = tone({ seconds });
  const file = wavOf(samples);
  const path = join(folder.path, `${station.slug}.wav`);
  await writeFile(path, file);
  const argv = [builtProgram('push'), path, '--station', station.slug, '--server', `http://127.0.0.1:${proxy.port}`];
  const push = spawnProgram(process.execPath, [...argv, '--key', station.key, ...options], { cwd: folder.path });
  stored = await readStoredChunks(stack, station.slug);
  return { push, file };
}

const chunksStored = () => stored?.epochs.reduce((sum, epoch) => sum + epoch.chunks.length, 0) ?? 0;

test('what is pushed through cuts of the network is stored byte for byte', async () => {
  const { push, file } = await pushThroughProxy(8);
  await until(() => chunksStored() > 20, { timeoutMs: PATIENCE_MS });
  await cutFor(1000);
  await until(() => chunksStored() > 60, { timeoutMs: PATIENCE_MS });
  await cutFor(200);
  expect(await push.ended).toEqual({ code: 0, signal: null });
  expect(push.stdout().match(/Connected again/g)).toHaveLength(2);
  await until(() => stored?.bytesOf(0).length === file.length, { timeoutMs: PATIENCE_MS });
  expect(stored?.bytesOf(0).equals(file)).toBe(true);
  expect(stored?.epochs).toHaveLength(1);
}, 60_000);

test('a wire that hangs is left within a few seconds, and what was sent into it arrives all the same', async () => {
  const { push, file } = await pushThroughProxy(8);
  await until(() => chunksStored() > 20, { timeoutMs: PATIENCE_MS });
  const hungAt = Date.now();
  proxy.hang();
  await until(() => push.stdout().includes('has gone silent'), { timeoutMs: PATIENCE_MS });
  const foundMs = Date.now() - hungAt;
  proxy.mend();
  expect(await push.ended).toEqual({ code: 0, signal: null });
  await until(() => stored?.bytesOf(0).length === file.length, { timeoutMs: PATIENCE_MS });
  expect(stored?.bytesOf(0).equals(file)).toBe(true);
  expect(stored?.epochs).toHaveLength(1);
  expect(foundMs).toBeGreaterThan(2000);
}, 60_000);

test('a connection that is too slow for the file is told, and nothing of it is lost', async () => {
  const { push, file } = await pushThroughProxy(8);
  await until(() => chunksStored() > 5, { timeoutMs: PATIENCE_MS });
  proxy.narrow(file.length / 8 / 2); // half of what a second of it holds
  await until(() => push.stdout().includes('The connection is too slow: it carries'), { timeoutMs: PATIENCE_MS });
  proxy.mend();
  expect(await push.ended).toEqual({ code: 0, signal: null });
  await until(() => stored?.bytesOf(0).length === file.length, { timeoutMs: PATIENCE_MS });
  expect(stored?.bytesOf(0).equals(file)).toBe(true);
}, 60_000);

test('a loop is one broadcast with an epoch for each turn, captured without a gap', async () => {
  const { push, file } = await pushThroughProxy(2, '--loop');
  await until(() => stored?.epochs.length === 3, { timeoutMs: PATIENCE_MS });
  expect(await push.end('SIGINT')).toEqual({ code: 0, signal: null });
  expect([0, 1].map((index) => stored?.bytesOf(index).equals(file))).toEqual([true, true]);
  const times = stored?.epochs.slice(0, 2).flatMap(({ chunks }) => chunks.map((chunk) => chunk.capturedAt)) ?? [];
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(Math.max(...gaps)).toBeLessThan(140);
}, 60_000);

test('a person in the studio keeps talking through a cut, and all of it is stored', async () => {
  const microphone = tone({ seconds: 10, channels: 1, amplitude: 0.2 });
  const chromium = await launchChromium({ fakeMicrophoneWav: wavOf(microphone.samples, 48_000, 1) });
  try {
    const page = await chromium.newPage(`http://127.0.0.1:${proxy.port}${studioPath(station.slug, station.key)}`);
    const sees = (text: string | RegExp) =>
      page.getByText(text, { exact: true }).first().waitFor({ timeout: PATIENCE_MS });
    await page.getByRole('button', { name: 'Go live' }).click({ timeout: PATIENCE_MS });
    stored = await readStoredChunks(stack, station.slug);
    await sees('ON AIR');
    proxy.cut();
    await sees(/Connection lost\. Keep talking: [3-9]\u00a0s saved\./);
    proxy.mend();
    await sees('ON AIR');
    const before = chunksStored();
    await until(() => chunksStored() > before + 20, { timeoutMs: PATIENCE_MS });
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'End broadcast' }).click();
    await sees('Your broadcast has ended.');
    expect(chromium.pageErrors).toEqual([]);
  } finally {
    await chromium.close();
  }
  expect(stored.epochs).toHaveLength(1);
  const times = stored.epochs[0]?.chunks.map((chunk) => chunk.capturedAt) ?? [];
  const spanSeconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
  const { seconds, complaints } = await decodeWebm(stored.bytesOf(0));
  expect(complaints).toBe('');
  expect(Math.abs(seconds - spanSeconds)).toBeLessThan(0.3);
}, 90_000);

async function decodeWebm(recording: Buffer): Promise<{ seconds: number; complaints: string }> {
  const ffmpeg = await testFfmpeg();
  const argv = ['-v', 'warning', '-f', 'webm', '-i', 'pipe:0', '-f', 's16le', '-ar', '48000', '-ac', '1', 'pipe:1'];
  const { stdout, stderr } = await runProgram(ffmpeg.path, argv, { input: recording });
  return { seconds: stdout.length / 96_000, complaints: String(stderr) };
}
