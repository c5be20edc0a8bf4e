import { openSimpleIngest, type SimpleIngest } from '../e2e/simple-push.ts';
import type { Stack, StackStation } from '../e2e/stack.ts';
import { until } from '../testkit/index.ts';
import { commandLines } from './process-tree.ts';
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

/** Command lines of the encoders that a transcoder runs now. */
export async function encoderCommands(stack: Stack): Promise<string[][]> {
  return (await commandLines(stack.transcoder.pid)).filter((args) => args.includes('pipe:0'));
}

/** Waits until nothing of any broadcast runs any more. */
export async function allQuiet(stack: Stack): Promise<void> {
  const what = 'no encoder is left';
  await until(async () => (await encoderCommands(stack)).length === 0, { timeoutMs: 20_000, everyMs: 100, what });
}
