import { setTimeout as sleep } from 'node:timers/promises';
import { BroadcastRegistry } from '../broadcasts/index.ts';
import { CLICK_EVERY_MS, clickCycle, matchClicks } from '../e2e/clicks.ts';
import { HoldUpWatch } from '../e2e/hold-ups.ts';
import { type ProbeRecord, stallsIn } from '../e2e/page-probe.ts';
import { goLive, openListener, openStudio, type ProbedPage, pressPlay, useMicrophone } from '../e2e/pages.ts';
import { type Stack, type StackStation, startStack } from '../e2e/stack.ts';
import { ReleaseStack } from '../runtime/index.ts';
import { launchChromium, until, wavOf } from '../testkit/index.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { type LogRecord, recordLogs } from './latency-record.ts';
import { latencyReport } from './latency-report.ts';
import { ENGINES, type LatencyRun, type PlayerRun } from './latency-run.ts';
import { meanStages, stagesOf, traceClicks } from './latency-stages.ts';

/** Time in which a player may find its target before it is measured, in ms. */
const SETTLE_MS = 20_000;

/** Mouth to ear through real browsers, and where the time goes. */
export const latencyBench: Bench = {
  name: 'latency',
  summary: 'mouth to ear in Chromium with each stage’s share, beside hls.js’s own settings, at 192 and 107 ms parts',
  run: async (options) => {
    const runs: LatencyRun[] = [];
    for (const partTargetMs of options.partTargetsMs) runs.push(await measure(options, partTargetMs));
    return latencyReport(runs);
  },
};

async function measure(options: BenchOptions, partTargetMs: number): Promise<LatencyRun> {
  const releases = new ReleaseStack();
  try {
    const stack = releases.use(await startStack({ partTargetMs, env: { LOG_LEVEL: 'warn' } }));
    const station = await stack.addStation('latency');
    const { samples, rate, channels } = clickCycle();
    const speaker = releases.use(await launchChromium({ fakeMicrophoneWav: wavOf(samples, rate, channels) }));
    const studio = await openStudio(speaker, { server: stack.url, station });
    await useMicrophone(studio);
    await goLive(studio);
    const listeners: ProbedPage[] = [];
    for (const engine of ENGINES) {
      const chromium = releases.use(await launchChromium());
      const query = `?engine=${engine}`;
      listeners.push(await openListener(chromium, { server: stack.url, slug: station.slug, query }));
    }
    await Promise.all(listeners.map(pressPlay));
    options.progress(`parts of ${partTargetMs} ms: the players settle`);
    await sleep(SETTLE_MS);
    return await listenTo(options, { stack, station, studio, listeners, partTargetMs });
  } finally {
    await releases.close();
  }
}

type Scene = {
  stack: Stack;
  station: StackStation;
  studio: ProbedPage;
  listeners: ProbedPage[];
  partTargetMs: number;
};

async function listenTo(options: BenchOptions, scene: Scene): Promise<LatencyRun> {
  const { stack, station, studio, listeners, partTargetMs } = scene;
  options.progress(`parts of ${partTargetMs} ms: listening to ${options.clicks} clicks`);
  const handle = stack.redis.handle();
  const live = await new BroadcastRegistry(handle).get(station.slug);
  if (live === undefined) throw new Error(`${station.slug} is not on air.\n${stack.logs()}`);
  const recording = new AbortController();
  const log = await recordLogs(handle, { station: station.slug, broadcastId: live.broadcastId }, recording.signal);
  const watch = new HoldUpWatch();
  const from = Date.now();
  const saidSince = () => studio.probe.record.clicks.filter(({ at }) => at >= from);
  await until(() => saidSince().length > options.clicks, {
    timeoutMs: options.clicks * CLICK_EVERY_MS * 1.2 + 30_000,
    everyMs: 200,
    what: 'the microphone clicks',
  });
  const to = Date.now();
  const holdUp = watch.take();
  watch.close();
  await sleep(3000); // the last click is still on its way
  recording.abort();
  const clicks = await log.clicks();
  const traced = traceClicks(saidSince(), clicks, log);
  const said = studio.probe.record.clicks;
  const players = listeners.map(({ probe }, i) =>
    playerRun({ engine: ENGINES[i] ?? 'hlsjs', said, player: probe.record, log, traced, span: { from, to } }),
  );
  const dateErrorsMs = traced.map(({ said: { at }, stream }) => stream.at - at);
  return { partTargetMs, measuredMs: to - from, holdUp, players, dateErrorsMs };
}

type PlayerEvidence = {
  engine: PlayerRun['engine'];
  said: ProbeRecord['clicks'];
  player: ProbeRecord;
  log: LogRecord;
  traced: ReturnType<typeof traceClicks>;
  span: { from: number; to: number };
};

function playerRun({ engine, said, player, log, traced, span }: PlayerEvidence): PlayerRun {
  const within = ({ at }: { at: number }) => at >= span.from && at <= span.to;
  const all = matchClicks(said, player.clicks);
  const match = {
    pairs: all.pairs.filter((pair) => within(pair.said)),
    missing: all.missing.filter(within),
    doubled: all.doubled.filter(within),
    unknown: all.unknown.filter(within),
  };
  const stages = match.pairs.map((pair) => stagesOf(pair, { traced, log, player })).filter((one) => one !== undefined);
  return {
    engine,
    match,
    latenciesMs: match.pairs.map(({ latencyMs }) => latencyMs),
    stalls: stallsIn(player.moments).filter(within),
    gapsMs: player.gaps.filter(within).map(({ ms }) => ms),
    stages: meanStages(stages),
    staged: stages.length,
  };
}
