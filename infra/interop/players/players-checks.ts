import { HoldUpWatch } from '../../e2e/hold-ups.ts';
import { ReleaseStack } from '../../runtime/index.ts';
import { launchChromium } from '../../testkit/index.ts';
import { type InteropCheck, type InteropOptions, type InteropResult, judged } from '../check.ts';
import { BROWSER_PLAYERS } from './browser-pages.ts';
import { runInBrowser } from './browser-run.ts';
import { faultsOf, rowsOf } from './judge.ts';
import { NATIVE_PLAYERS, needsOf } from './native-players.ts';
import { runNative } from './native-run.ts';
import type { PlayerRun } from './player-run.ts';
import { type Scene, setScene } from './scene.ts';

/** Players in browsers, all at the same time. */
export const webPlayers: InteropCheck = {
  name: 'web-players',
  summary: 'hls.js with low latency on and off, Shaka and video.js in Chromium play a station without a fault',
  needs: [],
  run: (options) =>
    listen(options, async (scene, releases) => {
      const chromium = releases.use(await launchChromium());
      return Object.values(BROWSER_PLAYERS).map((player) => runInBrowser(player, { chromium, scene, time: options }));
    }),
};

/** Players that are programs, all at the same time. */
export const nativePlayers: InteropCheck = {
  name: 'native-players',
  summary: 'ffmpeg, mpv, GStreamer and VLC play a station without a fault',
  needs: Object.values(NATIVE_PLAYERS).flatMap(needsOf),
  run: (options) =>
    listen(options, async (scene) =>
      Object.values(NATIVE_PLAYERS).map((player) => runNative(player, { scene, time: options })),
    ),
};

type Start = (scene: Scene, releases: ReleaseStack) => Promise<Promise<PlayerRun>[]>;

async function listen(options: InteropOptions, start: Start): Promise<InteropResult> {
  const releases = new ReleaseStack();
  try {
    const scene = releases.use(await setScene(options.signal));
    options.progress(`the station is on air; listening for ${options.minutes} min`);
    const watch = new HoldUpWatch();
    releases.defer(() => watch.close());
    const settled = await Promise.allSettled(await start(scene, releases));
    const { longestMs, pressure } = watch.take();
    if (options.signal.aborted) throw new Error('interrupted');
    const runs = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failures = settled.flatMap((one) => (one.status === 'rejected' ? [String(one.reason)] : []));
    const refusals = scene.refusals().map((text) => `the broadcast was refused: ${text}`);
    const machine = [
      { name: 'machine: longest wait for the CPU', value: Math.round(longestMs), unit: 'ms' },
      { name: 'machine: time in which somebody waited for the CPU', value: Math.round(pressure * 100), unit: '%' },
    ];
    return judged([...runs.flatMap(rowsOf), ...machine], [...failures, ...refusals, ...runs.flatMap(faultsOf)]);
  } finally {
    await releases.close();
  }
}
