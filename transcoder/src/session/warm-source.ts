import type { PublishedPart } from '@awaz/infra/part-log';
import { PartLogReader } from '@awaz/infra/part-log';
import { pause } from '@awaz/infra/runtime';
import type { SourceFrame } from '../packager/packager.ts';
import { PublishedGate } from './published-gate.ts';
import { type PlayOutcome, SourcePlayer, type SourcePlayerOptions } from './source-player.ts';
import type { RunStart } from './source-run.ts';

/** How long the first frame is waited for before the broadcast is taken over without, in ms. */
const WARM_PATIENCE_MS = 1500;

/** Where the source of a session goes. */
export type SourceSink = Pick<SourcePlayerOptions, 'onFrames' | 'onSound' | 'onChunk'>;

/** What a warm source is made of; see {@link SourcePlayerOptions}. */
export type WarmSourceOptions = Omit<SourcePlayerOptions, keyof SourceSink>;

/**
 * A source that plays before its session owns the broadcast: its encoder is at work, and its frames wait, while an earlier
 * worker still publishes. `close` ends it and may be repeated.
 */
export class WarmSource {
  /** Plays the chunk log; belongs to this source. */
  readonly player: SourcePlayer;
  readonly #abort = new AbortController();
  readonly #warm = new AbortController();
  readonly #epoch: string | undefined;
  readonly #outcome: Promise<PlayOutcome>;
  readonly #held: SourceFrame[] = [];
  #chunkMs: number | undefined;
  #sink: SourceSink | undefined;
  #gate = new PublishedGate(undefined, undefined);

  private constructor(options: WarmSourceOptions, last: PublishedPart | undefined) {
    this.player = new SourcePlayer({
      ...options,
      onFrames: (frames) => this.#take(frames),
      onSound: (pcm) => this.#sink?.onSound(pcm), // before, it is heard by the worker that still publishes
      onChunk: (chunkMs) => {
        this.#chunkMs = chunkMs;
        this.#sink?.onChunk(chunkMs);
      },
    });
    const start = runStartAfter(last);
    this.#epoch = start?.epoch;
    this.#outcome = this.player.play(start, this.#abort.signal);
    this.#outcome.catch(() => undefined); // told to whoever asks for the outcome
  }

  /** Begins behind what is published, and settles once frames come, or cannot be waited for any longer. */
  static async start(options: WarmSourceOptions): Promise<WarmSource> {
    const last = await new PartLogReader(options.context.handle, options.broadcast).lastPart();
    const source = new WarmSource(options, last);
    if (last?.cursor !== undefined) await pause(WARM_PATIENCE_MS, source.#warm.signal);
    return source;
  }

  /** How playing ended; rejects with what it failed of. */
  get outcome(): Promise<PlayOutcome> {
    return this.#outcome;
  }

  /** From now on all goes to `sink`, first what has waited; without what is published up to `last` by now. */
  attach(sink: SourceSink, last: PublishedPart | undefined): void {
    this.#gate = new PublishedGate(last?.cursor, this.#epoch);
    this.#sink = sink;
    if (this.#chunkMs !== undefined) sink.onChunk(this.#chunkMs);
    this.#take(this.#held.splice(0));
  }

  /** Stops playing; what was taken comes out no more. */
  stop(): void {
    this.#abort.abort();
  }

  /** Stops and ends the encoder. */
  async close(): Promise<void> {
    this.stop();
    await this.player.close();
  }

  #take(frames: SourceFrame[]): void {
    this.#warm.abort();
    if (this.#sink === undefined) {
      this.#held.push(...frames);
      return;
    }
    const fresh = frames.filter((frame) => this.#gate.passes(frame));
    if (fresh.length > 0) this.#sink.onFrames(fresh);
  }
}

function runStartAfter(last: PublishedPart | undefined): RunStart | undefined {
  const cursor = last?.cursor;
  return cursor && { ...cursor, prefix: Buffer.from(cursor.prefix, 'base64'), keepLate: true };
}
