import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchChromium, type TestChromium, testFfmpeg } from '../../testkit/index.ts';
import { BROWSER_PLAYERS } from './browser-pages.ts';
import { runInBrowser } from './browser-run.ts';
import { NATIVE_PLAYERS } from './native-players.ts';
import { runNative } from './native-run.ts';
import { type Scene, setScene } from './scene.ts';

const stopped = new AbortController();
const time = { minutes: 0.25, signal: stopped.signal };
let scene: Scene;
let chromium: TestChromium;

beforeAll(async () => {
  scene = await setScene(stopped.signal);
  chromium = await launchChromium();
}, 90_000);
afterAll(async () => {
  stopped.abort();
  await chromium?.close();
  await scene?.close();
});

test('a player in a page and one that is a program are heard, and their answers counted', async () => {
  const { path } = await testFfmpeg();
  const ffmpeg = { ...NATIVE_PLAYERS.ffmpeg, need: { ...NATIVE_PLAYERS.ffmpeg.need, program: path } };
  const runs = await Promise.all([
    runInBrowser(BROWSER_PLAYERS.hlsPlain, { chromium, scene, time }),
    runNative(ffmpeg, { scene, time }),
  ]);
  for (const { fatal, answers, heard } of runs) {
    expect(fatal).toEqual([]);
    expect([...answers.byStatus.keys()].filter((status) => status >= 400)).toEqual([]);
    expect(answers.byStatus.get(200)).toBeGreaterThan(5);
    expect(heard.placed.length).toBeGreaterThan(4);
    expect(heard.repeated).toBe(0);
    for (const { latencyMs } of heard.placed) expect(latencyMs).toBeGreaterThan(3000); // they keep three segments back
  }
  expect(scene.refusals()).toEqual([]);
}, 60_000);

test('a player that finds nothing is told apart from one that plays', async () => {
  const nowhere: Scene = { ...scene, path: '/live/nobody/index.m3u8' };
  const { path } = await testFfmpeg();
  const ffmpeg = { ...NATIVE_PLAYERS.ffmpeg, need: { ...NATIVE_PLAYERS.ffmpeg.need, program: path } };
  const run = await runNative(ffmpeg, { scene: nowhere, time });
  expect(run.firstSoundAt).toBeUndefined();
  expect(run.fatal).toEqual([expect.stringMatching(/^it ended with code [1-9]/)]);
  expect(run.answers.refusals).toMatchObject([{ status: 404, path: '/live/nobody/index.m3u8' }]);
}, 60_000);
