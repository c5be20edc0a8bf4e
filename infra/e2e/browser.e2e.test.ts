import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { listenPath } from '../contract/index.ts';
import { launchChromium, type TestChromium, until, wavOf } from '../testkit/index.ts';
import { CLICK_EVERY_MS, clickCycle, matchClicks } from './clicks.ts';
import { variantsOf } from './hls-reader.ts';
import { HoldUpWatch } from './hold-ups.ts';
import { stallsIn } from './page-probe.ts';
import {
  goLive,
  onAir,
  openListener,
  openStudio,
  type ProbedPage,
  pressPlay,
  says,
  stopBroadcast,
  useMicrophone,
} from './pages.ts';
import { type Stack, type StackStation, startStack } from './stack.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** How long every click has to be heard, in ms. */
const LISTEN_MS = 60_000;
/** Time in which a player may find its place before it is judged, in ms. */
const SETTLE_MS = 8000;
/** A wait for the CPU from which the machine counts as held up, in ms: about what a player keeps in its buffer. */
const HELD_UP_MS = 200;
/** The same as a share of the time in which somebody waited for the CPU. */
const HELD_UP_SHARE = 0.6;
/** After so many minutes the machine is taken as it is. */
const MINUTES_AT_MOST = 3;
/** How long the owner is cut off, in ms. */
const CUT_MS = 3000;

let stack: Stack;
let station: StackStation;
/** The owner's wire. */
let wire: TcpProxy;
let speaker: TestChromium;
let ear: TestChromium;
let studio: ProbedPage;
let listener: ProbedPage;

beforeAll(async () => {
  stack = await startStack();
  station = await stack.addStation('on-air');
  wire = await startTcpProxy(Number(new URL(stack.url).port));
  const { samples, rate, channels } = clickCycle();
  speaker = await launchChromium({ fakeMicrophoneWav: wavOf(samples, rate, channels) });
  ear = await launchChromium();
  studio = await openStudio(speaker, { server: `http://127.0.0.1:${wire.port}`, station });
  studio.page.on('dialog', (dialog) => void dialog.accept());
  listener = await openListener(ear, { server: stack.url, slug: station.slug });
}, 60_000);

afterAll(async () => {
  await Promise.all([speaker.close(), ear.close()]);
  await wire.close();
  await stack.close();
});

/** Clicks from `from` on, matched; those in the last seconds may still be on their way. */
function heardSince(from: number) {
  const match = matchClicks(studio.probe.record.clicks, listener.probe.record.clicks);
  const late = ({ at }: { at: number }) => at >= from;
  return {
    pairs: match.pairs.filter(({ said }) => late(said)),
    missing: match.missing.filter(late),
    doubled: match.doubled.filter(late),
    unknown: match.unknown.filter(late),
  };
}

/** Waits until so many clicks said from now on are heard, and says how many ms that took. */
async function untilHeard(clicks: number, timeoutMs: number): Promise<void> {
  const from = Date.now();
  await until(() => heardSince(from).pairs.length >= clicks, {
    timeoutMs,
    everyMs: 100,
    what: `${clicks} clicks are heard`,
  });
}

async function broadcastId(): Promise<string> {
  const [variant] = await variantsOf(stack.url, station.slug);
  return /\/(b[0-9a-f]{16})\//.exec(variant?.url ?? '')?.[1] ?? '';
}

/** Listens for a minute; one in which the machine itself was held up says nothing of the player and is repeated. */
async function listenForAMinute(): Promise<number> {
  const watch = new HoldUpWatch();
  try {
    for (let minute = 1; ; minute++) {
      const from = Date.now();
      watch.take();
      await sleep(LISTEN_MS);
      const { longestMs, pressure } = watch.take();
      if ((longestMs < HELD_UP_MS && pressure < HELD_UP_SHARE) || minute === MINUTES_AT_MOST) return from;
    }
  } finally {
    watch.close();
  }
}

test('a listener in another browser hears every click once, for a minute, without a stall', async () => {
  await useMicrophone(studio);
  await goLive(studio);
  await pressPlay(listener);
  await sleep(SETTLE_MS);
  const from = await listenForAMinute();
  const heard = heardSince(from);
  const since = ({ at }: { at: number }) => at >= from;
  expect(heard).toMatchObject({ missing: [], doubled: [], unknown: [] });
  expect(heard.pairs.length).toBeGreaterThanOrEqual(LISTEN_MS / CLICK_EVERY_MS - 2);
  expect(stallsIn(listener.probe.record.moments).filter(since)).toEqual([]);
  expect(listener.probe.record.gaps.filter(since)).toEqual([]);
  expect(speaker.pageErrors).toEqual([]);
  expect(ear.pageErrors).toEqual([]);
}, 240_000);

test('a page that nobody listens in on plays within its security policy', async () => {
  const page = await ear.newPage();
  await page.addInitScript(`{
    const play = HTMLMediaElement.prototype.play;
    HTMLMediaElement.prototype.play = function () { window.playing = this; return play.call(this); };
  }`);
  const answer = await page.goto(`${stack.url}${listenPath(station.slug)}`);
  expect(answer?.headers()['content-security-policy']).toContain("default-src 'self'");
  await pressPlay({ page });
  const playedS = () => page.evaluate('window.playing?.currentTime ?? 0') as Promise<number>;
  await until(async () => (await playedS()) > 0, { timeoutMs: 20_000, what: 'the page plays' });
  const before = await playedS();
  await until(async () => (await playedS()) > before + 2, { timeoutMs: 20_000, what: 'the page goes on playing' });
  await page.close();
  expect(ear.pageErrors).toEqual([]);
}, 60_000);

test('a cut of the owner’s wire does not stop the listener, and the show is heard again by itself', async () => {
  const before = await broadcastId();
  const from = Date.now();
  const timeBefore = listener.probe.record.samples.at(-1)?.time ?? 0;
  wire.cut();
  await sleep(CUT_MS);
  wire.mend();
  await onAir(studio);
  await untilHeard(3, 20_000);
  const played = (listener.probe.record.samples.at(-1)?.time ?? 0) - timeBefore;
  expect(played).toBeGreaterThan(((Date.now() - from) / 1000) * 0.8);
  expect(stallsIn(listener.probe.record.moments).filter(({ at, ms }) => at >= from && ms > 500)).toEqual([]);
  expect(await broadcastId()).toBe(before);
}, 60_000);

test('a studio that was reloaded on air asks whether to resume, and goes on with the same broadcast', async () => {
  const before = await broadcastId();
  await studio.page.reload();
  await says(studio.page, studio.page.getByText('You were on air. Resume?'));
  await studio.page.getByRole('button', { name: 'Resume' }).click();
  await onAir(studio);
  await untilHeard(3, 20_000);
  expect(await broadcastId()).toBe(before);
}, 60_000);

test('a listener is told when the owner stops, and hears the next broadcast without a press', async () => {
  const before = await broadcastId();
  await stopBroadcast(studio);
  await says(listener.page, listener.page.getByText('The show has ended.').first());
  await goLive(studio);
  await untilHeard(3, 30_000);
  expect(await broadcastId()).not.toBe(before);
  expect(ear.pageErrors).toEqual([]);
}, 90_000);
