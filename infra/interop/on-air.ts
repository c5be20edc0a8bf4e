import { feedInRealTime } from '../bench/feeder.ts';
import { radioProgramme } from '../bench/programme.ts';
import { FEED_TYPE, WebmFeed } from '../bench/webm-feed.ts';
import { variantsOf } from '../e2e/hls-reader.ts';
import { openSimpleIngest } from '../e2e/simple-push.ts';
import { type Stack, type StackOptions, type StackStation, startStack } from '../e2e/stack.ts';
import { ReleaseStack } from '../runtime/index.ts';
import { until } from '../testkit/index.ts';

/** The real programs with a station on air. */
export type OnAirStation = {
  readonly stack: Stack;
  readonly station: StackStation;
  /** `/live/{slug}/index.m3u8` at the first API process. */
  readonly url: string;
  /** What the server refused of the broadcast so far, for the faults of a check; empty when all is well. */
  refusals(): string[];
  /** Ends the broadcast and all programs. May be called again. */
  close(): Promise<void>;
};

/** How {@link startOnAir} starts; `server` is where the publisher connects, the first API process when left out. */
export type OnAirOptions = StackOptions & { slug?: string; server?(stack: Stack): string };

/** Starts the programs and broadcasts a programme in real time until it is closed; settles when listeners can tune in. */
export async function startOnAir(options: OnAirOptions = {}): Promise<OnAirStation> {
  const { slug = 'interop', server = ({ url }: Stack) => url, ...stackOptions } = options;
  const releases = new ReleaseStack();
  try {
    const stack = releases.use(await startStack({ ...stackOptions, env: { LOG_LEVEL: 'warn', ...stackOptions.env } }));
    const station = await stack.addStation(slug);
    const refusals = await broadcast({ server: server(stack), station }, releases);
    await until(() => variantsOf(stack.url, slug), { timeoutMs: 20_000, what: `${slug} is on air` });
    const url = `${stack.url}/live/${slug}/index.m3u8`;
    return { stack, station, url, refusals, close: () => releases.close() };
  } catch (error) {
    await releases.close();
    throw error;
  }
}

/**
 * Broadcasts a programme over a plain WebSocket in real time, until the releases are made. Returns what tells the
 * server's refusals so far.
 */
export async function broadcast(
  to: { server: string; station: StackStation },
  releases: ReleaseStack,
): Promise<() => string[]> {
  const feed = await WebmFeed.of(radioProgramme(10));
  const ingest = await openSimpleIngest({ ...to, type: FEED_TYPE });
  const feeding = new AbortController();
  const fed = feedInRealTime(feed, [ingest.send], feeding.signal);
  releases.defer(async () => {
    feeding.abort();
    await fed;
    await ingest.end();
  });
  return () => ingest.messages.filter(({ type }) => type === 'error').map((message) => JSON.stringify(message));
}
