import { feedInRealTime } from '../../bench/feeder.ts';
import { CHUNK_MS, FEED_TYPE, WebmFeed } from '../../bench/webm-feed.ts';
import { variantsOf } from '../../e2e/hls-reader.ts';
import { openSimpleIngest } from '../../e2e/simple-push.ts';
import { startStack } from '../../e2e/stack.ts';
import { pause, ReleaseStack } from '../../runtime/index.ts';
import type { ProgrammeClock } from './heard-programme.ts';
import { clickProgramme } from './programme.ts';

/** The real programs with a station that broadcasts the programme of clicks. */
export type Scene = {
  /** Address of the API process. */
  readonly url: string;
  /** Path of the station's multivariant playlist. */
  readonly path: string;
  /** When the programme is said, as if a microphone had captured it: a chunk is sent when its last sample is there. */
  readonly clock: ProgrammeClock;
  /** What the server refused of the broadcast; empty when all is well. */
  refusals(): string[];
  /** Ends the broadcast and all programs. May be called again. */
  close(): Promise<void>;
};

/** The part log begins with filler; after that time a player that begins six seconds back hears the programme only, in ms. */
const OPENING_MS = 15_000;

/** Puts a station on air and waits until players hear nothing but the programme. */
export async function setScene(signal: AbortSignal): Promise<Scene> {
  const releases = new ReleaseStack();
  try {
    const stack = releases.use(await startStack({ env: { LOG_LEVEL: 'warn' } }));
    const station = await stack.addStation('clicks');
    const feed = await WebmFeed.of(clickProgramme());
    const ingest = await openSimpleIngest({ server: stack.url, station, type: FEED_TYPE });
    const feeding = new AbortController();
    const startedAt = Date.now() - CHUNK_MS;
    const fed = feedInRealTime(feed, [ingest.send], feeding.signal);
    releases.defer(async () => {
      feeding.abort();
      await fed;
      await ingest.end();
    });
    await variantsOf(stack.url, station.slug);
    await pause(OPENING_MS, signal);
    return {
      url: stack.url,
      path: `/live/${station.slug}/index.m3u8`,
      clock: { startedAt, cycleMs: feed.cycleMs },
      refusals: () => ingest.messages.filter(({ type }) => type === 'error').map((message) => JSON.stringify(message)),
      close: () => releases.close(),
    };
  } catch (error) {
    await releases.close();
    throw error;
  }
}
