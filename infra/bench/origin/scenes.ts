import { LOAD_CORE, SERVER_CORE } from './pinning.ts';

/** One thing that is measured: a server, fresh each time, and who listens to it. */
export type Scene = {
  /** Name on the command line. */
  name: string;
  title: string;
  server: 'origin' | 'koa';
  mode: 'listeners' | 'progressive';
  count: number;
  /** Whether requests carry the header lines of a desktop browser. */
  browser: boolean;
  /** Time over which the listeners come, in seconds. */
  rampS: number;
  /** Origin workers. */
  workers: number;
  /** Cores that the server may use. */
  cores: string;
};

/** Time over which listeners usually come, in seconds. */
const USUAL_RAMP_S = 10;

/** Listeners of the baseline, which breaks beyond. */
const KOA_LISTENERS = 1000;

const PROGRESSIVE_LISTENERS = 4000;
const JOINING_LISTENERS = 2000;
const WORKERS = 2;

const USUAL = {
  server: 'origin',
  mode: 'listeners',
  browser: false,
  rampS: USUAL_RAMP_S,
  workers: 1,
  cores: String(SERVER_CORE),
} as const;

/** All scenes for these listener counts, in the order in which they run. */
export function scenesFor(listeners: readonly number[]): Scene[] {
  const counts = [...new Set([KOA_LISTENERS, ...listeners])].sort((a, b) => a - b);
  const [first = KOA_LISTENERS] = listeners;
  return [
    ...counts.map((count): Scene => ({ ...USUAL, name: 'listeners', title: 'listeners', count })),
    { ...USUAL, name: 'browser', title: 'listeners with browser headers', count: first, browser: true },
    { ...USUAL, name: 'koa', title: 'Koa with koa-router', server: 'koa', count: KOA_LISTENERS },
    { ...USUAL, name: 'progressive', title: 'stream.aac', mode: 'progressive', count: PROGRESSIVE_LISTENERS / 4 },
    { ...USUAL, name: 'progressive', title: 'stream.aac', mode: 'progressive', count: PROGRESSIVE_LISTENERS },
    { ...USUAL, name: 'join', title: 'listeners joining at once', count: JOINING_LISTENERS, rampS: 0 },
    {
      ...USUAL,
      name: 'workers',
      title: `${WORKERS} workers`,
      count: first,
      workers: WORKERS,
      cores: `${SERVER_CORE},${LOAD_CORE}`,
    },
  ];
}

/** Names that scenes may be chosen by. */
export const SCENE_NAMES = [...new Set(scenesFor([KOA_LISTENERS]).map(({ name }) => name))];
