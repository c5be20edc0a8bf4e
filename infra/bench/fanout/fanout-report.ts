import { atMost, type BenchReport, type Cell, type Table } from '../report.ts';
import { median } from '../stats.ts';
import type { FanoutResult } from './fanout-plan.ts';

/** What was measured. */
export type FanoutRecord = {
  sockets: number;
  /** One run each of both sides in every round. */
  bare: FanoutResult[];
  awaz: FanoutResult[];
  busy: FanoutResult | undefined;
  broken: (FanoutResult & { countedAgainMs: number }) | undefined;
};

type Figures = { p50: number; p99: number; serverMs: number; redisMs: number; clientMs: number; idleShare: number };

/** Puts the figures in tables and holds them against what is wished for. */
export function fanoutReport(record: FanoutRecord): BenchReport {
  const { bare, awaz } = record;
  const ratio = (pick: (figures: Figures) => number) =>
    median(awaz.map(figuresOf).map(pick)) / median(bare.map(figuresOf).map(pick));
  const none = (name: string, measured: number) => atMost(name, 'messages', { limit: 0, measured });
  const endless = [record.busy, record.broken].filter((result) => result !== undefined);
  const total = (pick: (result: FanoutResult) => number) => endless.reduce((sum, result) => sum + pick(result), 0);
  return {
    name: 'fanout',
    tables: [singlesTable(record), lossesTable(record)],
    targets: [
      atMost('lateness, half of the arrivals', 'x bare', { limit: 1.15, measured: ratio(({ p50 }) => p50) }),
      atMost('lateness, 99 of 100 arrivals', 'x bare', { limit: 1.5, measured: ratio(({ p99 }) => p99) }),
      atMost('CPU of the servers for a message', 'x bare', {
        limit: 1.15,
        measured: ratio(({ serverMs }) => serverMs),
      }),
      none(
        'lost',
        total(({ lost }) => lost),
      ),
      none(
        'told twice',
        total(({ doubled }) => doubled),
      ),
      none(
        'out of order',
        total(({ disordered }) => disordered),
      ),
      ...(record.broken === undefined
        ? []
        : [
            atMost('all counted again after a node was killed', 's', {
              limit: 5,
              measured: record.broken.countedAgainMs / 1000,
            }),
          ]),
    ],
    notes: [
      'CPU of a message: what is used beyond that of the same programs with all clients there and nobody writing, which the last column tells (pings, and what an API process does besides).',
      'bare: Socket.IO with the Redis streams adapter, two nodes, the same settings, and a handler that emits to the room. Both sides get chat:send from a client and answer it.',
      'Clients: one process, a Socket.IO client of our own over bare TCP, so that thousands cost little; half of them on each node. Lateness is from writing to arrival, on one clock, with the work of that process in it, the same for both sides.',
      'Both nodes share one core; clients and Redis share another. Medians of the rounds; a round is one run of each side.',
    ],
  };
}

/** CPU of a message is what is used beyond that of the same program when nobody writes. */
function figuresOf({ latencyMs, cpu, idle, taken }: FanoutResult): Figures {
  const each = (who: 'servers' | 'redis' | 'clients') =>
    ((cpu[who] - (idle[who] * cpu.seconds) / idle.seconds) * 1000) / taken;
  const idleShare = idle.servers / idle.seconds;
  return { ...latencyMs, serverMs: each('servers'), redisMs: each('redis'), clientMs: each('clients'), idleShare };
}

function singlesTable({ sockets, bare, awaz }: FanoutRecord): Table {
  const row = (name: string, runs: FanoutResult[]): Cell[] => {
    const figures = runs.map(figuresOf);
    const middle = (pick: (figures: Figures) => number) => median(figures.map(pick));
    return [
      name,
      ...[middle(({ p50 }) => p50), middle(({ p99 }) => p99)],
      ...[middle(({ serverMs }) => serverMs), middle(({ redisMs }) => redisMs), middle(({ clientMs }) => clientMs)],
      100 * middle(({ idleShare }) => idleShare),
    ];
  };
  return {
    title: `One message to ${sockets} clients on two nodes`,
    columns: [
      { name: 'side' },
      { name: 'p50', unit: 'ms', digits: 1 },
      { name: 'p99', unit: 'ms', digits: 1 },
      { name: 'servers', unit: 'CPU ms/message', digits: 2 },
      { name: 'Redis', unit: 'CPU ms/message', digits: 2 },
      { name: 'clients', unit: 'CPU ms/message', digits: 2 },
      { name: 'servers idle', unit: '% of a core', digits: 1 },
    ],
    rows: [row('bare Socket.IO', bare), row('Awaz Pulse', awaz)],
  };
}

function lossesTable({ busy, broken }: FanoutRecord): Table {
  const row = (name: string, result: FanoutResult | undefined): Cell[] => [
    name,
    ...[result?.taken ?? null, result?.lost ?? null, result?.doubled ?? null, result?.disordered ?? null],
    ...[result?.absent ?? null, result?.resets ?? null, result?.latencyMs.p50 ?? null, result?.latencyMs.p99 ?? null],
  ];
  return {
    title: '20 messages a second for a minute',
    columns: [
      { name: 'while' },
      { name: 'taken', unit: 'messages' },
      { name: 'lost' },
      { name: 'twice' },
      { name: 'disordered' },
      { name: 'absent', unit: 'clients' },
      { name: 'resets' },
      { name: 'p50', unit: 'ms', digits: 1 },
      { name: 'p99', unit: 'ms', digits: 1 },
    ],
    rows: [row('nothing breaks', busy), row('everything breaks', broken)],
  };
}
