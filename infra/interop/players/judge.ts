import { percentile } from '../../bench/stats.ts';
import type { InteropRow } from '../check.ts';
import { measuredMs, type PlayerRun, playedShare, stalledMs } from './player-run.ts';
import { CLICK_EVERY_MS } from './programme.ts';

/** Longest that a player may stand still while it joins, in ms: hls.js does now and then for some 5 s. */
const MOST_JOINING_STALL_MS = 6000;

/** Least share of the time after that in which a player must play. */
const LEAST_PLAYED = 0.99;

/** Least share of the programme's clicks that must be heard at their places: a stall takes some away. */
const LEAST_HEARD = 0.95;

/** What of a player's run is wrong, one line each. */
export function faultsOf(run: PlayerRun): string[] {
  const faults = [...run.fatal.map((text) => `gave up: ${text}`), ...soundFaults(run), ...answerFaults(run)];
  return faults.map((fault) => `${run.player}: ${fault}`);
}

function soundFaults(run: PlayerRun): string[] {
  if (run.firstSoundAt === undefined) return ['nothing was heard'];
  const faults: string[] = [];
  const joiningMs = stalledMs(run).joining;
  if (joiningMs > MOST_JOINING_STALL_MS) faults.push(`it stood still for ${Math.round(joiningMs)} ms while joining`);
  const played = playedShare(run);
  if (played < LEAST_PLAYED)
    faults.push(`it played in ${percent(played)} of the time, not in ${percent(LEAST_PLAYED)}`);
  const said = Math.max(0, measuredMs(run) - joiningMs) / CLICK_EVERY_MS;
  if (run.heard.placed.length < Math.floor(said * LEAST_HEARD) - 1) {
    faults.push(`${run.heard.placed.length} of about ${Math.floor(said)} clicks of the programme were heard`);
  }
  return faults;
}

function answerFaults({ answers, breaks }: PlayerRun): string[] {
  const faults = answers.broken.slice(0, 5).map((text) => `an answer broke off: ${text}`);
  for (const [status, count] of answers.byStatus) {
    const excused = status < 500 && breaks !== undefined;
    if (status < 400 || excused) continue;
    const first = answers.refusals.find((refusal) => refusal.status === status);
    faults.push(`${count} answers ${status}, the first for ${first?.path}: ${first?.body}`);
  }
  return faults;
}

/** What of a player's run was measured. */
export function rowsOf(run: PlayerRun): InteropRow[] {
  const { heard, answers, stalls } = run;
  const latencies = heard.placed.map(({ latencyMs }) => latencyMs);
  const stalled = stalledMs(run);
  const startMs = run.firstSoundAt === undefined ? 'never' : Math.round(run.firstSoundAt - run.askedAt);
  const rows: InteropRow[] = [
    { name: 'first sound after', value: startMs, unit: 'ms' },
    { name: 'listened to', value: measuredMs(run) / 1000, unit: 's' },
    ...[0.5, 0.95, 1].map((p) => ({
      name: `latency ${p === 1 ? 'max' : `p${p * 100}`}`,
      value: latencies.length === 0 ? 'unknown' : Math.round(percentile(latencies, p)),
      unit: 'ms',
    })),
    ...(run.saidLatencyMs === undefined
      ? []
      : [{ name: 'latency as it says', value: Math.round(run.saidLatencyMs), unit: 'ms' }]),
    {
      name: 'stalls',
      value: `${stalls.length}, ${Math.round(stalled.joining)} ms while joining, ${Math.round(stalled.later)} ms later${stallTimes(run)}`,
    },
    { name: 'holes in the sound', value: run.gaps.length },
    {
      name: 'clicks heard, missing, repeated',
      value: [heard.placed.length, heard.missing, heard.repeated].join(', '),
    },
    { name: 'answers by status', value: statuses(answers.byStatus) },
    { name: 'blocking playlists, parts', value: `${answers.blocking}, ${answers.parts}` },
    ...warningRows(run),
    ...(run.breaks === undefined ? [] : [{ name: 'does not follow the rules', value: run.breaks }]),
  ];
  return rows.map((row) => ({ ...row, name: `${run.player}: ${row.name}` }));
}

/** When the first stalls were, in s after the first sound. */
function stallTimes({ stalls, firstSoundAt = 0 }: PlayerRun): string {
  const times = stalls.slice(0, 8).map(({ at }) => Math.round((at - firstSoundAt) / 1000));
  return times.length === 0 ? '' : `, at ${times.join(', ')} s`;
}

/** Status 0 is an answer that the player did not wait for. */
function statuses(byStatus: ReadonlyMap<number, number>): string {
  return [...byStatus]
    .sort(([a], [b]) => a - b)
    .map(([status, count]) => `${status === 0 ? 'given up by the player' : status}: ${count}`)
    .join(', ');
}

function warningRows({ warnings }: PlayerRun): InteropRow[] {
  return Object.entries(warnings).map(([text, count]) => ({ name: `said “${text}”`, value: count, unit: 'times' }));
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
