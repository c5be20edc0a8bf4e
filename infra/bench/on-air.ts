import { openSimpleIngest, type SimpleIngest } from '../e2e/simple-push.ts';
import type { Stack, StackStation } from '../e2e/stack.ts';
import { until } from '../testkit/index.ts';
import { FEED_TYPE } from './webm-feed.ts';

/** Broadcasts of several stations at the same time. */
export type OnAir = {
  /** One sink for each. */
  sinks: ((chunk: Buffer) => void)[];
  /** Ends all of them; rejects when one was refused meanwhile. */
  end(): Promise<void>;
};

/** Adds stations named `bench-1`, `bench-2`, … */
export async function addStations(stack: Stack, count: number): Promise<StackStation[]> {
  const stations: StackStation[] = [];
  for (let i = 1; i <= count; i++) stations.push(await stack.addStation(`bench-${i}`));
  return stations;
}

/** Connects a publisher to every station. */
export async function goOnAir(stack: Stack, stations: readonly StackStation[]): Promise<OnAir> {
  const ingests: SimpleIngest[] = await Promise.all(
    stations.map((station) => openSimpleIngest({ server: stack.url, station, type: FEED_TYPE })),
  );
  return {
    sinks: ingests.map((ingest) => (chunk) => ingest.send(chunk)),
    end: async () => {
      await Promise.all(ingests.map((ingest) => ingest.end()));
      const refusal = ingests.flatMap(({ messages }) => messages).find(({ type }) => type === 'error');
      if (refusal !== undefined)
        throw new Error(`A broadcast was refused: ${JSON.stringify(refusal)}\n${stack.logs()}`);
    },
  };
}

/** Waits until the worker has ended all broadcasts, so that nothing of them runs any more. */
export async function allQuiet(stack: Stack, processes: () => Promise<number>): Promise<void> {
  await until(async () => (await processes()) === 1, {
    timeoutMs: 20_000,
    everyMs: 100,
    what: `no encoder is left\n${stack.logs().slice(-2000)}`,
  });
}
