import { firstOwnPart, variantsOf } from '../e2e/hls-reader.ts';
import { openSimpleIngest } from '../e2e/simple-push.ts';
import { type Stack, type StackStation, startStack } from '../e2e/stack.ts';
import { until } from '../testkit/index.ts';
import type { Bench, BenchOptions } from './bench.ts';
import { feedInRealTime } from './feeder.ts';
import { radioProgramme } from './programme.ts';
import { atMost, type BenchReport, type Target } from './report.ts';
import { percentile } from './stats.ts';
import { FEED_TYPE, WebmFeed } from './webm-feed.ts';

/** Times of one start, in ms after the first byte was sent. */
type StartTimes = {
  /** The connection was asked for, before that (negative). */
  asked: number;
  /** `index.m3u8` answers. */
  listed: number;
  /** The first part with the owner's audio is in a playlist. */
  ownAudio: number;
};

/** From the first pushed byte to the first part with the owner's audio. */
export const startBench: Bench = {
  name: 'start',
  summary: 'from the first pushed byte to the first part with the owner’s audio in the playlist',
  run: async (options) => {
    const feed = await WebmFeed.of(radioProgramme(10));
    const tables: BenchReport['tables'] = [];
    const targets: Target[] = [];
    for (const partTargetMs of options.partTargetsMs) {
      options.progress(`${options.starts} starts with parts of ${partTargetMs} ms`);
      const times = await starts(options, { feed, partTargetMs });
      const row = (name: string, values: number[]) => [name, ...[0, 0.5, 0.95, 1].map((p) => percentile(values, p))];
      const ownAudio = times.map((time) => time.ownAudio);
      tables.push({
        title: `${times.length} starts, PART_TARGET_MS=${partTargetMs}, after the first byte was sent`,
        columns: [{ name: 'until' }, ...['least', 'p50', 'p95', 'max'].map((name) => ({ name, unit: 'ms' }))],
        rows: [
          row(
            'index.m3u8 answers',
            times.map((time) => time.listed),
          ),
          row('first part with own audio', ownAudio),
          row(
            'the same, from the connection on',
            times.map((time) => time.ownAudio - time.asked),
          ),
        ],
      });
      const measured = percentile(ownAudio, 0.5);
      targets.push(
        atMost(`first part with own audio p50, parts of ${partTargetMs} ms`, 'ms', { limit: 1000, measured }),
      );
    }
    const notes = [
      'WebM/Opus in 60 ms chunks over a plain WebSocket; the multivariant playlist is asked for every 10 ms.',
    ];
    return { name: 'start', tables, targets, notes };
  },
};

async function starts(options: BenchOptions, how: { feed: WebmFeed; partTargetMs: number }): Promise<StartTimes[]> {
  const stack = await startStack({ partTargetMs: how.partTargetMs, env: { LOG_LEVEL: 'warn' } });
  try {
    const station = await stack.addStation('start');
    const times: StartTimes[] = [];
    for (let i = 0; i < options.starts; i++) times.push(await startOnce(stack, station, how.feed));
    return times;
  } finally {
    await stack.close();
  }
}

async function startOnce(stack: Stack, station: StackStation, feed: WebmFeed): Promise<StartTimes> {
  const before = await currentBroadcast(stack, station);
  const askedAt = Date.now();
  const ingest = await openSimpleIngest({ server: stack.url, station, type: FEED_TYPE });
  const feeding = new AbortController();
  const firstByteAt = Date.now();
  const fed = feedInRealTime(feed, [ingest.send], feeding.signal);
  try {
    const variant = await until(
      async () => (await variantsOf(stack.url, station.slug)).find(({ url }) => broadcastOf(url) !== before),
      { what: 'the new broadcast is listed' },
    );
    const listedAt = Date.now();
    await firstOwnPart(variant);
    const ownAudioAt = Date.now();
    return { asked: askedAt - firstByteAt, listed: listedAt - firstByteAt, ownAudio: ownAudioAt - firstByteAt };
  } finally {
    feeding.abort();
    await fed;
    await ingest.end();
  }
}

async function currentBroadcast(stack: Stack, station: StackStation): Promise<string> {
  const answer = await fetch(`${stack.url}/live/${station.slug}/index.m3u8`);
  return answer.ok ? broadcastOf(await answer.text()) : '';
}

/** The id of a broadcast in a media URL. */
function broadcastOf(text: string): string {
  return /\/(b[0-9a-f]{16})\//.exec(text)?.[1] ?? '';
}
