import type { Page } from 'playwright-core';
import { type PlaybackSample, type ProbeRecord, probePlayer, type Stall } from '../../e2e/page-probe.ts';
import { pause, ReleaseStack } from '../../runtime/index.ts';
import type { TestChromium } from '../../testkit/index.ts';
import { type BrowserPlayer, PAGE_PATH, type PageState, pageFiles, versionOf } from './browser-pages.ts';
import { type AnswerCounts, startCountingProxy } from './counting-proxy.ts';
import { hearProgramme } from './heard-programme.ts';
import type { PlayerRun } from './player-run.ts';
import type { Scene } from './scene.ts';

/** How long a player is listened to, and when everything ends earlier. */
export type RunTime = { minutes: number; signal: AbortSignal };

/** Lets a player play in a page of its own. Rejects when the page cannot be opened. */
export async function runInBrowser(
  player: BrowserPlayer,
  { chromium, scene, time }: { chromium: TestChromium; scene: Scene; time: RunTime },
): Promise<PlayerRun> {
  const releases = new ReleaseStack();
  try {
    const files = await pageFiles(player, scene.path);
    const proxy = releases.use(await startCountingProxy({ origin: scene.url, files }));
    const page = await chromium.newPage();
    releases.defer(() => page.close());
    const thrown: string[] = [];
    page.on('pageerror', (error) => thrown.push(error.message));
    page.on('crash', () => thrown.push('the page crashed'));
    const { record } = await probePlayer(page);
    const askedAt = Date.now();
    await page.goto(`${proxy.url}${PAGE_PATH}`);
    await pause(time.minutes * 60_000, time.signal);
    const endedAt = Date.now();
    const state = await stateOf(page);
    const name = `${player.package} ${await versionOf(player)}, ${player.setting}`;
    return runOf({ name, record, askedAt, endedAt, state, thrown, answers: snapshot(proxy.counts), scene });
  } finally {
    await releases.close();
  }
}

type Evidence = {
  name: string;
  record: ProbeRecord;
  askedAt: number;
  endedAt: number;
  state: PageState;
  thrown: string[];
  answers: AnswerCounts;
  scene: Scene;
};

function runOf({ name, record, askedAt, endedAt, state, thrown, answers, scene }: Evidence): PlayerRun {
  const firstSoundAt = record.clicks[0]?.at;
  const since = <T extends { at: number }>(all: T[]) =>
    all.filter(({ at }) => firstSoundAt !== undefined && at >= firstSoundAt && at <= endedAt);
  return {
    player: name,
    askedAt,
    firstSoundAt,
    endedAt,
    heard: hearProgramme(record.clicks, scene.clock),
    stalls: stillIn(since(record.samples)),
    gaps: since(record.gaps),
    saidLatencyMs: state.latencyS === null ? undefined : state.latencyS * 1000,
    answers,
    fatal: [...state.fatal, ...thrown.map((text) => `not caught in the page: ${text}`)],
    warnings: state.warnings,
  };
}

/** What goes on after the end is not counted. */
function snapshot(counts: AnswerCounts): AnswerCounts {
  return structuredClone(counts);
}

/** Longest time that a page may take to tell its state, in ms. */
const STATE_MS = 10_000;

async function stateOf(page: Page): Promise<PageState> {
  const late = new AbortController();
  const asked = page.evaluate<PageState>('window.interop()').catch((error: Error) => failed(error.message));
  const waited = pause(STATE_MS, late.signal).then(() => failed(`the page did not answer within ${STATE_MS} ms`));
  const state = await Promise.race([asked, waited]);
  late.abort();
  return state;
}

function failed(reason: string): PageState {
  return { fatal: [reason], warnings: {}, latencyS: null };
}

/** Media time that passes at less than this share of the clock's pace stands still. */
const STANDS_STILL = 0.3;

/** Shorter ones may be the browser's clock that is updated unevenly, in ms. */
const SHORTEST_STALL_MS = 150;

/** Times in which the media time stood still, from looks at it ten times a second. */
export function stillIn(samples: readonly Pick<PlaybackSample, 'at' | 'time'>[]): Stall[] {
  const stalls: Stall[] = [];
  let since: number | undefined;
  for (const [i, sample] of samples.entries()) {
    const before = samples[i - 1] ?? sample;
    const still = i > 0 && (sample.time - before.time) * 1000 < STANDS_STILL * (sample.at - before.at);
    if (still) since ??= before.at;
    const ended = !still || i === samples.length - 1;
    if (!ended || since === undefined) continue;
    const ms = (still ? sample.at : before.at) - since;
    if (ms >= SHORTEST_STALL_MS) stalls.push({ at: since, ms });
    since = undefined;
  }
  return stalls;
}
