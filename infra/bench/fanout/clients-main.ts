/**
 * All clients of the benchmark in one process of its own: `node clients-main.js PLAN`, both as JSON. Says `joined` and
 * `begin` on lines of its standard output, and on the last one what came of it.
 */
import { createInterface } from 'node:readline';
import { pause } from '../../runtime/index.ts';
import { until } from '../../testkit/index.ts';
import { readTree } from '../process-tree.ts';
import { FanoutClient } from './fanout-client.ts';
import type { CpuUse, FanoutOrder, FanoutPlan, FanoutResult } from './fanout-plan.ts';
import { type Ear, messageText, Tally } from './tally.ts';

/** Clients that connect each second. */
const RAMP_PER_SECOND = 250;

/** How long it is looked what servers do when nobody writes, in ms. */
const IDLE_MS = 5000;

/** How long clients may take to get what they missed, after the last message, in ms. */
const SETTLE_MS = 60_000;

/** How long it takes until nothing more can come on a connection that was never cut, in ms. */
const QUIET_MS = 1500;

const plan = JSON.parse(process.argv[2] ?? '{}') as FanoutPlan;
const total = plan.warmUp + plan.messages;
const tally = new Tally(total, plan.warmUp);
const ears: Ear[] = [];
const clients: FanoutClient[] = [];
let resets = 0;

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** 10.x.y.z: each client has an address of its own. */
const addressOf = (index: number) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;

function open(index: number): void {
  const ear = tally.ear();
  ears.push(ear);
  const { urls, room, roam } = plan;
  clients.push(
    new FanoutClient({
      ...{ room, roam, address: addressOf(index) },
      urlOf: (attempt) => urls[(index + attempt) % urls.length] ?? '',
      onMessage: (text) => tally.told(ear, text, performance.now()),
      onReset: () => {
        resets += 1;
      },
    }),
  );
}

async function allCome(): Promise<void> {
  for (let index = 0; index < plan.sockets; index++) {
    open(index);
    if (index % (RAMP_PER_SECOND / 10) === 0) await pause(100);
  }
  await until(() => clients.every(({ isIn }) => isIn), { timeoutMs: 120_000, what: 'all clients are in the room' });
}

function write(number: number): void {
  // Writers sit on all servers: every one of them tells those of the others.
  const writer = number % plan.senders;
  tally.sent(number, performance.now());
  void clients[writer]?.say(messageText(number, writer)).then((taken) => {
    if (taken) tally.took(number);
  });
}

async function writeAll(): Promise<CpuUse> {
  let before = await usage();
  const began = performance.now();
  for (let number = 0; number < total; number++) {
    if (number === plan.warmUp) {
      before = await usage();
      say('begin');
    }
    write(number);
    await pause(Math.max(0, began + ((number + 1) * 1000) / plan.perSecond - performance.now()));
  }
  return useBetween(before, await usage());
}

async function idleFor(ms: number): Promise<CpuUse> {
  const before = await usage();
  await pause(ms);
  return useBetween(before, await usage());
}

type Usage = { at: number; cpu: number[] };

function useBetween(before: Usage, after: Usage): CpuUse {
  const [servers, redis, own] = after.cpu.map((cpu, index) => cpu - (before.cpu[index] ?? 0));
  return { servers: servers ?? 0, redis: redis ?? 0, clients: own ?? 0, seconds: (after.at - before.at) / 1000 };
}

async function usage(): Promise<Usage> {
  const servers = await Promise.all(plan.serverPids.map(cpuSecondsOf));
  const sum = servers.reduce((all, one) => all + one, 0);
  const { user, system } = process.cpuUsage();
  return { at: performance.now(), cpu: [sum, await cpuSecondsOf(plan.redisPid), (user + system) / 1e6] };
}

/** 0 of a program that is gone: its figures mean nothing then. */
async function cpuSecondsOf(pid: number): Promise<number> {
  return (await readTree(pid).catch(() => undefined))?.cpuSeconds ?? 0;
}

/** Ears of those who are there. */
const present = () => ears.filter((_, index) => clients[index]?.isIn);

async function settle(): Promise<void> {
  await pause(QUIET_MS);
  if (!plan.roam) return;
  const isWhole = () => present().length === clients.length && tally.lost(ears) === 0;
  await until(isWhole, { timeoutMs: SETTLE_MS, what: 'all are told everything' }).catch(() => undefined);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line) as FanoutOrder;
  for (const client of clients.slice(-order.clients)) client.cut(order.forMs);
});

await allCome();
say('joined');
const idle = await idleFor(IDLE_MS);
const cpu = await writeAll();
await settle();
const { taken, doubled, disordered } = tally;
const absent = clients.length - present().length;
const lost = tally.lost(present());
say(
  JSON.stringify({
    latencyMs: tally.latencyMs(),
    taken,
    lost,
    doubled,
    disordered,
    absent,
    resets,
    cpu,
    idle,
  } satisfies FanoutResult),
);
for (const client of clients) client.close();
process.exit(0);
