import type { LatencyRun, PlayerRun } from './latency-run.ts';
import { STAGE_NAMES } from './latency-stages.ts';
import { atMost, type BenchReport, type Table, type Target } from './report.ts';
import { mean, median, percentile } from './stats.ts';

/** What the project wants of its player, by wished part length in ms. */
const WISHES: Record<number, { p50: number; p95?: number }> = { 192: { p50: 620, p95: 700 }, 107: { p50: 450 } };

/** At most one stall in that time, in ms. */
const STALL_SPAN_MS = 160_000;

const PLAYER_NAMES = { hlsjs: 'our player', 'hlsjs-default': 'hls.js’s own settings' } as const;

/** Tables and targets of all runs. */
export function latencyReport(runs: readonly LatencyRun[]): BenchReport {
  return {
    name: 'latency',
    tables: runs.flatMap((run) => [delayTable(run), stageTable(run)]),
    targets: runs.flatMap(targetsOf),
    notes: [
      'From the click in the page that has the microphone to the click behind the other page’s audio element, one clock.',
      'A real microphone and loudspeaker add their own 10 to 40 ms each. Everything runs on this machine, over loopback.',
      'Both players listen to the same broadcast at the same time, each in a Chromium of its own.',
      ...runs.flatMap(({ partTargetMs, dateErrorsMs, holdUp }) => [
        `Parts of ${partTargetMs} ms: programme date-time of a click minus when it was said, p50 ${median(dateErrorsMs).toFixed(0)} ms.`,
        `Parts of ${partTargetMs} ms: somebody waited for the CPU ${(holdUp.pressure * 100).toFixed(0)} % of the time, this process ${holdUp.longestMs.toFixed(0)} ms at most.`,
      ]),
    ],
  };
}

function delayTable({ partTargetMs, measuredMs, players }: LatencyRun): Table {
  const best = median(players[0]?.latenciesMs ?? []);
  const ms = (name: string) => ({ name, unit: 'ms' });
  return {
    title: `Mouth to ear, PART_TARGET_MS=${partTargetMs}, ${(measuredMs / 1000).toFixed(0)} s`,
    columns: [
      { name: 'player' },
      { name: 'clicks', unit: 'heard' },
      ...['p5', 'p50', 'p95', 'max'].map(ms),
      { name: 'ratio', unit: 'to ours', digits: 2 },
      { name: 'stalls', unit: 'count' },
      { name: 'stalled', unit: 'ms' },
      { name: 'gaps', unit: 'count' },
      { name: 'missing', unit: 'clicks' },
      { name: 'doubled', unit: 'clicks' },
    ],
    rows: players.map((player) => [
      PLAYER_NAMES[player.engine],
      player.latenciesMs.length,
      ...[0.05, 0.5, 0.95, 1].map((p) => percentile(player.latenciesMs, p)),
      median(player.latenciesMs) / best,
      player.stalls.length,
      player.stalls.reduce((sum, { ms: length }) => sum + length, 0),
      player.gapsMs.length,
      player.match.missing.length,
      player.match.doubled.length + player.match.unknown.length,
    ]),
  };
}

function stageTable({ partTargetMs, players }: LatencyRun): Table {
  const total = ({ stages }: PlayerRun) => STAGE_NAMES.reduce((sum, [stage]) => sum + stages[stage], 0);
  const cells = (value: (player: PlayerRun) => number) =>
    players.flatMap((player) => [value(player), (value(player) * 100) / total(player)]);
  return {
    title: `Where the time goes, PART_TARGET_MS=${partTargetMs}, means`,
    columns: [
      { name: 'stage' },
      ...players.flatMap(({ engine }) => [
        { name: PLAYER_NAMES[engine], unit: 'ms' },
        { name: 'share', unit: '%' },
      ]),
    ],
    rows: [
      ...STAGE_NAMES.map(([stage, name]) => [name, ...cells(({ stages }) => stages[stage])]),
      ['all', ...cells(total)],
      ['mean of all clicks', ...players.flatMap(({ latenciesMs }) => [mean(latenciesMs), null])],
    ],
  };
}

function targetsOf({ partTargetMs, measuredMs, players }: LatencyRun): Target[] {
  const ours = players.find(({ engine }) => engine === 'hlsjs');
  const wish = WISHES[partTargetMs];
  if (ours === undefined || wish === undefined) return [];
  const at = (p: number) => percentile(ours.latenciesMs, p);
  const name = (what: string) => `${what}, parts of ${partTargetMs} ms`;
  const limit = Math.max(1, Math.round(measuredMs / STALL_SPAN_MS));
  return [
    atMost(name('mouth to ear p50'), 'ms', { limit: wish.p50, measured: at(0.5) }),
    ...(wish.p95 === undefined
      ? []
      : [atMost(name('mouth to ear p95'), 'ms', { limit: wish.p95, measured: at(0.95) })]),
    atMost(name('stalls'), 'count', { limit, measured: ours.stalls.length }),
  ];
}
