import type { Milliseconds } from '../contract/index.ts';
import { readStoredChunks, type StoredChunks } from '../e2e/stored-chunks.ts';
import { pause, ReleaseStack } from '../runtime/index.ts';
import { until as untilHolds } from '../testkit/index.ts';
import { AirDecoder } from './air-decoder.ts';
import { startChaosStack } from './chaos-stack.ts';
import { seededRandom } from './fault-order.ts';
import type { Fault } from './faults.ts';
import { Owner } from './owner.ts';
import { PartFollower } from './part-follower.ts';
import type { Stage } from './stage.ts';
import type { NumberSpan } from './time-code-decoder.ts';
import { timeCodeFeed } from './time-code-feed.ts';

/** A fault that was done. */
export type DoneFault = {
  name: string;
  /** Ms since 1970. */
  startedAt: Milliseconds;
  /** When everything ran as before again; undefined when it did not. */
  recoveredAt: Milliseconds | undefined;
  /** Why it could not be done, or what did not recover. */
  trouble: string | undefined;
};

/** What a run gives to be judged. */
export type ChaosRecord = {
  startedAt: Milliseconds;
  faults: DoneFault[];
  owner: Owner;
  follower: PartFollower;
  /** Numbers as a listener heard them, by place in the sound that was fetched. */
  air: NumberSpan[];
  /** Numbers of what the server stored, one list for each container stream. */
  stored: NumberSpan[][];
  /** Complaints of decoders, and an end that did not come. */
  faultsOfRun: string[];
  /** What all programs logged. */
  logs: string;
};

/** What {@link runChaos} does. */
export type ChaosPlan = {
  /** The faults in the order in which they are done; it may be endless. */
  faults: Iterable<Fault>;
  /** No further fault is begun after this time, in ms. */
  durationMs: Milliseconds;
  /** For faults that have a choice. */
  seed: number;
  signal: AbortSignal;
  progress: (line: string) => void;
};

/** Undisturbed time before the first fault and after the last one, and between two, in ms. */
const CALM_MS = { first: 4000, between: 2000 };

/** A fault may take this long until it shows, in ms. */
const SHOWS_MS = 1500;

/** A fault that is not over by then counts as not recovered, in ms. */
const RECOVERY_MS = 60_000;

/** So many of the newest parts have to have kept their cadence. */
const PARTS_IN_TIME = 8;

/** Parts keep their cadence when their lateness differs by no more than this, in ms. */
const STEADY_MS = 250;

/** Sound that is made beyond the end of the last fault, in ms: the longest fault, its recovery, the end. */
const SPARE_MS = 180_000;

/** Does faults to a broadcast on air and gives what was heard and stored. Rejects when it cannot go on air at all. */
export async function runChaos(plan: ChaosPlan): Promise<ChaosRecord> {
  const releases = new ReleaseStack();
  const { signal, progress } = plan;
  try {
    progress(`making ${Math.round((plan.durationMs + SPARE_MS) / 60_000)} min of time code`);
    const feed = await timeCodeFeed((plan.durationMs + SPARE_MS) / 1000);
    progress('starting Redis, two nodes, two workers');
    const stack = releases.use(await startChaosStack());
    const station = await stack.addStation('chaos');
    const say = (line: string) => progress(`  ${line}`);
    const servers = stack.nodes.map(({ ownerUrl }) => ownerUrl);
    const owner = releases.use(await Owner.start({ servers, station, feed, signal, say }));
    const stored = releases.use(await readStoredChunks(stack, station.slug));
    const decoder = releases.use(await AirDecoder.start('mp4'));
    const follower = new PartFollower({
      nodes: stack.nodes.map(({ url }) => url),
      station: station.slug,
      take: (bytes) => decoder.push(bytes),
      signal,
    });
    const following = follower.run().catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    const stage: Stage = { stack, owner, follower, random: seededRandom(plan.seed), signal };
    const faults = await doFaults(stage, plan);
    const faultsOfRun = await ending(stage, following);
    const air = await decoder.finish();
    if (decoder.complaint !== '') faultsOfRun.push(`decoder: ${decoder.complaint}`);
    const record = { startedAt: owner.startedAt, faults, owner, follower, air, faultsOfRun };
    return { ...record, stored: await storedNumbers(stored), logs: stack.logs() };
  } finally {
    await releases.close();
  }
}

async function doFaults(stage: Stage, plan: ChaosPlan): Promise<DoneFault[]> {
  const { signal } = stage;
  const done: DoneFault[] = [];
  await recovered(stage);
  await pause(CALM_MS.first, signal);
  const begun = Date.now();
  for (const fault of plan.faults) {
    if (signal.aborted || Date.now() - begun >= plan.durationMs) break;
    const result = await doFault(fault, stage);
    done.push(result);
    plan.progress(told(result, stage));
    await pause(CALM_MS.between, signal);
  }
  return done;
}

async function doFault(fault: Fault, stage: Stage): Promise<DoneFault> {
  const startedAt = Date.now();
  const result: DoneFault = { name: fault.name, startedAt, recoveredAt: undefined, trouble: undefined };
  try {
    await fault.run(stage);
    await pause(SHOWS_MS, stage.signal);
    await recovered(stage);
    result.recoveredAt = Date.now();
  } catch (error) {
    result.trouble = (error as Error).message;
  }
  return result;
}

/** Waits until owner, nodes, workers and parts are as before. */
async function recovered(stage: Stage): Promise<void> {
  await untilHolds(async () => stage.signal.aborted || (await troubleOf(stage)) === undefined, {
    timeoutMs: RECOVERY_MS,
    everyMs: 100,
    what: 'everything runs as before',
  }).catch(async (error: unknown) => {
    throw new Error(`Not recovered: ${(await troubleOf(stage)) ?? 'only just now'}`, { cause: error });
  });
}

async function troubleOf({ stack, owner, follower }: Stage): Promise<string | undefined> {
  if (!owner.isSettled) return `the owner's client is ${owner.state} or has a backlog`;
  const newest = follower.parts.slice(-PARTS_IN_TIME);
  if (Date.now() - (newest.at(-1)?.arrivedAt ?? 0) > 1000) return 'no parts come';
  const lateness = newest.map(({ lateMs }) => lateMs);
  if (Math.max(...lateness) - Math.min(...lateness) > STEADY_MS) return 'parts have no cadence';
  return (await stack.isReady()) ? undefined : 'not all programs are ready';
}

function told({ name, startedAt, recoveredAt, trouble }: DoneFault, { follower }: Stage): string {
  const since = follower.parts.filter(({ arrivedAt }) => arrivedAt >= startedAt);
  const latest = Math.max(0, ...since.map(({ lateMs }) => lateMs));
  const outcome =
    recoveredAt === undefined ? `TROUBLE: ${trouble}` : `over after ${inSeconds(recoveredAt - startedAt)}`;
  return `${name.padEnd(14)} ${outcome}, latest part ${Math.round(latest)} ms late`;
}

/** Ends the broadcast and hears it to its end. Returns what went wrong. */
async function ending({ owner, signal }: Stage, following: Promise<void>): Promise<string[]> {
  const faults: string[] = [];
  if (!signal.aborted) await owner.end().catch((error: unknown) => void faults.push((error as Error).message));
  const patience = new AbortController();
  const late = pause(RECOVERY_MS, patience.signal).then(() => {
    if (!patience.signal.aborted) faults.push('The listener did not hear the end.');
  });
  await Promise.race([following, late]);
  patience.abort();
  return faults;
}

async function storedNumbers(stored: StoredChunks): Promise<NumberSpan[][]> {
  await stored.close();
  const lists: NumberSpan[][] = [];
  for (const index of stored.epochs.keys()) {
    const decoder = await AirDecoder.start('webm');
    decoder.push(stored.bytesOf(index));
    lists.push(await decoder.finish());
  }
  return lists;
}

function inSeconds(ms: Milliseconds): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
