import { readdir, readFile } from 'node:fs/promises';

/** One look at a program and all of its descendants. */
export type TreeUsage = {
  /** When it was looked, ms since 1970. */
  at: number;
  /** CPU seconds used so far by all that live, and by all that ended and were waited for. */
  cpuSeconds: number;
  /** CPU seconds of the program itself, without its descendants. */
  ownCpuSeconds: number;
  /** Proportional set size of all: memory, shared pages divided among those who share them. */
  pssBytes: number;
  /** Resident set size of the program itself, without its descendants. */
  ownRssBytes: number;
  /** Open files of the program itself. */
  ownFds: number;
  /** How many processes there are. */
  processes: number;
};

/** Units of CPU time in /proc: USER_HZ is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** A child that used less CPU than this is no worker: it guards, or waits. */
const LEAST_WORKER_SECONDS = 0.2;

type ProcessStat = { pid: number; parent: number; cpuSeconds: number; ownCpuSeconds: number };

/** Adds up a program and its descendants. Rejects when the program itself is gone. Linux only. */
export async function readTree(rootPid: number): Promise<TreeUsage> {
  const at = Date.now();
  const tree = descendants(await allStats(), rootPid);
  const pss = await Promise.all(tree.map(({ pid }) => memoryOf(pid, 'smaps_rollup', 'Pss')));
  return {
    at,
    cpuSeconds: sum(tree.map(({ cpuSeconds }) => cpuSeconds)),
    ownCpuSeconds: tree[0]?.ownCpuSeconds ?? 0,
    pssBytes: sum(pss),
    ownRssBytes: await memoryOf(rootPid, 'status', 'VmRSS'),
    ownFds: (await readdir(`/proc/${rootPid}/fd`)).length,
    processes: tree.length,
  };
}

/** A process and its command line. */
export type TreeCommand = { pid: number; args: string[] };

/** A program and all of its descendants. Rejects when the program itself is gone. */
export async function commands(rootPid: number): Promise<TreeCommand[]> {
  const tree = descendants(await allStats(), rootPid);
  const found = await Promise.all(
    tree.map(async ({ pid }) => ({ pid, text: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '') })),
  );
  return found.filter(({ text }) => text !== '').map(({ pid, text }) => ({ pid, args: text.split('\0').slice(0, -1) }));
}

/** Command lines of a program and all of its descendants. */
export async function commandLines(rootPid: number): Promise<string[][]> {
  return (await commands(rootPid)).map(({ args }) => args);
}

/** CPU seconds that each direct child of a program used so far, those that hardly did anything left out. */
export async function workerCpu(rootPid: number): Promise<number[]> {
  const children = (await allStats()).filter(({ parent }) => parent === rootPid);
  return children.map(({ cpuSeconds }) => cpuSeconds).filter((seconds) => seconds > LEAST_WORKER_SECONDS);
}

/** CPU used between two looks, as a share of one core. */
export function coresUsed(before: TreeUsage, after: TreeUsage): number {
  return ((after.cpuSeconds - before.cpuSeconds) * 1000) / (after.at - before.at);
}

/** CPU used between two looks by the program itself, as a share of one core. */
export function ownCoresUsed(before: TreeUsage, after: TreeUsage): number {
  return ((after.ownCpuSeconds - before.ownCpuSeconds) * 1000) / (after.at - before.at);
}

async function allStats(): Promise<ProcessStat[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.filter((text) => text !== '').map(parseStat);
}

/** Fields of proc(5): 4 ppid, 14 utime, 15 stime, 16 cutime, 17 cstime; field 2 may hold spaces and brackets. */
function parseStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  const own = (field(14) + field(15)) / TICKS_PER_SECOND;
  const ended = (field(16) + field(17)) / TICKS_PER_SECOND;
  return { pid: Number.parseInt(text, 10), parent: field(4), cpuSeconds: own + ended, ownCpuSeconds: own };
}

function descendants(all: ProcessStat[], rootPid: number): ProcessStat[] {
  const root = all.find(({ pid }) => pid === rootPid);
  if (root === undefined) throw new Error(`Process ${rootPid} is gone.`);
  const found = [root];
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

async function memoryOf(pid: number, file: 'status' | 'smaps_rollup', name: string): Promise<number> {
  const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '');
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
