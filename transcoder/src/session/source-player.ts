import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ChunkLogEntry, ChunkLogReader } from '@awaz/infra/chunk-log';
import { AwazError, type EndReason, SAMPLE_RATE, samplesToMs } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import type { SourceFrame } from '../packager/packager.ts';
import type { SessionBroadcast, SessionContext } from './session-context.ts';
import { type RunStart, type SourceBytes, SourceRun } from './source-run.ts';

/** Runs that may fail one after the other without a new frame before the audio at that place is left out. */
const MAX_FRUITLESS_RUNS = 2;

/** Audio that is left out then, in samples at 48 kHz (1 s, more with each further failure). */
const SKIP_SAMPLES = SAMPLE_RATE;

/** Runs that may fail before an epoch that never gave a frame is refused. */
const MAX_RUNS_OF_BAD_EPOCH = 2;

/** Runs that may fail without a new frame in the middle of an epoch before the rest of it is refused. */
const MAX_RUNS_WITHOUT_PROGRESS = 8;

/** How long chunks of one broadcast may be taken before it is others' turn, in ms; a flood fills every turn it gets. */
const MAX_TURN_MS = 5;

type ChunkEntry = Extract<ChunkLogEntry, { kind: 'chunk' }>;

/** How playing the chunk log ended. */
export type PlayOutcome = { kind: 'ended'; reason: EndReason } | { kind: 'aborted' };

/** What a player needs. */
export type SourcePlayerOptions = {
  context: SessionContext;
  broadcast: SessionBroadcast;
  logger: Logger;
  reader: ChunkLogReader;
  onFrames: (frames: SourceFrame[]) => void;
  /** The sound of the source as it came in: 16-bit stereo at 48 kHz, little endian. */
  onSound: (pcm: Buffer) => void;
  /** A chunk was taken; how much audio chunks hold on average, in ms. */
  onChunk: (chunkMs: number) => void;
};

type Replacement = {
  detail: string;
  /** Whether ffmpeg itself gave up, which speaks against its input. */
  gaveUp: boolean;
};

/** Where to read on in the chunk log, and where the run begins when it is not at the next chunk. */
type Place = { start?: RunStart; afterId: string };

/**
 * Plays the chunk log into encoder runs: one for each container stream, a new one at the same sample when ffmpeg fails.
 * `close` ends the current run and may be repeated.
 */
export class SourcePlayer {
  readonly #options: SourcePlayerOptions;
  #run: SourceRun | undefined;
  #replacing: Replacement | undefined;
  #interrupt = new AbortController();
  #formats = new Map<string, string>();
  #refusedEpoch: string | undefined;
  #failures = 0;
  #failedAtSample = -1;
  #chunkMs = 60;
  #takenId = '0';

  constructor(options: SourcePlayerOptions) {
    this.#options = options;
  }

  /** The run that encodes now. */
  get current(): SourceRun | undefined {
    return this.#run;
  }

  /** Kills the current run and begins another one at its place. */
  replace(detail: string, gaveUp = false): void {
    this.#replacing ??= { detail, gaveUp };
    this.#interrupt.abort();
  }

  /** A run whose ffmpeg takes nothing any more would be waited for for ever; killing it ends the wait. */
  #killRunOn(signal: AbortSignal): void {
    const kill = () => void this.#run?.close();
    if (signal.aborted) kill();
    else signal.addEventListener('abort', kill, { once: true });
  }

  /** Plays from `start`, or from the beginning of the log, until the broadcast ends or the signal is aborted. */
  async play(start: RunStart | undefined, signal: AbortSignal): Promise<PlayOutcome> {
    let place: Place = start === undefined ? { afterId: '0' } : { start, afterId: idBefore(start.entryId) };
    for (;;) {
      this.#interrupt = new AbortController();
      const either = AbortSignal.any([signal, this.#interrupt.signal]);
      this.#killRunOn(either);
      const outcome = await this.#playFrom(place, either);
      if (outcome.kind === 'ended') return outcome;
      if (signal.aborted || this.#replacing === undefined) return { kind: 'aborted' };
      place = await this.#placeAfterFailure(this.#replacing);
      this.#replacing = undefined;
    }
  }

  /** Ends the current run at once. */
  async close(): Promise<void> {
    await this.#run?.close();
    this.#run = undefined;
  }

  async #playFrom({ start, afterId }: Place, signal: AbortSignal): Promise<PlayOutcome> {
    this.#takenId = afterId;
    if (start !== undefined) {
      this.#formats.set(start.epoch, start.format);
      this.#begin(start);
    }
    let byteOffset = start?.byteOffset ?? 0;
    for await (const entries of this.#options.reader.tail(afterId, signal)) {
      let turnBegan = performance.now();
      for (const entry of entries) {
        if (performance.now() - turnBegan > MAX_TURN_MS) {
          await nextTurn();
          turnBegan = performance.now();
        }
        const end = await this.#play(entry, byteOffset);
        if (end !== undefined) return end;
        if (signal.aborted) return { kind: 'aborted' };
        this.#takenId = entry.id;
        byteOffset = 0;
      }
    }
    return { kind: 'aborted' };
  }

  async #play(entry: ChunkLogEntry, byteOffset: number): Promise<PlayOutcome | undefined> {
    switch (entry.kind) {
      case 'end':
        await this.#finishRun();
        return { kind: 'ended', reason: entry.reason };
      case 'epoch':
        this.#formats.set(entry.epoch, entry.format);
        return undefined;
      case 'chunk':
        await this.#take(entry, byteOffset);
        return undefined;
    }
  }

  async #take(chunk: ChunkEntry, byteOffset: number): Promise<void> {
    if (chunk.epoch === this.#refusedEpoch) return;
    if (this.#run !== undefined && this.#run.epoch !== chunk.epoch) await this.#finishRun();
    const fedBefore = this.#run?.fedSample ?? 0;
    try {
      let rest: SourceBytes | undefined = sourceBytes(chunk, byteOffset);
      while (rest !== undefined) {
        this.#run ??= this.#begin(this.#freshStart(chunk, rest));
        rest = await this.#run.take(rest);
        if (rest !== undefined) await this.#finishRun();
      }
    } catch (error) {
      if (!(error instanceof AwazError)) throw error;
      await this.#refuse(chunk.epoch, error.message);
    }
    this.#measure((this.#run?.fedSample ?? 0) - fedBefore);
  }

  #measure(samples: number): void {
    if (samples > 0) this.#chunkMs += (Math.min(samplesToMs(samples), 5000) - this.#chunkMs) / 8;
    this.#options.onChunk(this.#chunkMs);
  }

  #freshStart({ epoch, id }: ChunkEntry, source: SourceBytes): RunStart {
    const [place = { entryId: id, byteOffset: 0 }] = source.places;
    return {
      epoch,
      format: this.#formats.get(epoch) ?? '',
      entryId: place.entryId,
      byteOffset: place.byteOffset,
      restartSample: 0,
      publishedSample: 0,
      prefix: new Uint8Array(0),
      state: '',
      keepLate: false,
    };
  }

  #begin(start: RunStart): SourceRun {
    const { context, broadcast, onFrames, onSound } = this.#options;
    const run: SourceRun = new SourceRun(start, {
      ffmpegPath: context.ffmpegPath,
      ladder: broadcast.ladder,
      limiter: broadcast.limiter,
      onSound,
      onFrames: (frames) => {
        if (this.#run === run) onFrames(frames);
      },
      onFailure: (detail) => {
        if (this.#run === run) this.replace(detail, true);
      },
    });
    this.#run = run;
    return run;
  }

  /** Lets the run write its last frames; they still belong on air. */
  async #finishRun(): Promise<void> {
    await this.#run?.finish();
    this.#run = undefined;
  }

  async #placeAfterFailure({ detail, gaveUp }: Replacement): Promise<Place> {
    const run = this.#run;
    if (run === undefined) return { afterId: this.#takenId };
    await run.close();
    this.#run = undefined;
    const start = run.position();
    this.#failures = start.publishedSample > this.#failedAtSample ? 1 : this.#failures + 1;
    this.#failedAtSample = start.publishedSample;
    this.#options.context.metrics.restarts.inc({ cause: 'ffmpeg' });
    this.#options.logger.warn({ detail, failures: this.#failures, sample: start.publishedSample }, 'encoder replaced');
    const afterId = idBefore(start.entryId);
    const hopeless = gaveUp && start.publishedSample === 0 ? MAX_RUNS_OF_BAD_EPOCH : MAX_RUNS_WITHOUT_PROGRESS;
    if (this.#failures >= hopeless) {
      await this.#refuse(start.epoch, detail);
      return { afterId };
    }
    const skipped = this.#failures - MAX_FRUITLESS_RUNS;
    const skipToSample = start.publishedSample + SKIP_SAMPLES * skipped;
    return { start: skipped > 0 ? { ...start, skipToSample } : start, afterId };
  }

  /** Nothing of this epoch is tried any more; its publisher is told. */
  async #refuse(epoch: string, detail: string): Promise<void> {
    const { context, broadcast, logger } = this.#options;
    this.#refusedEpoch = epoch;
    this.#failures = 0;
    this.#failedAtSample = -1;
    await this.close();
    logger.warn({ epoch, detail }, 'epoch refused: its bytes are not audio of the announced format');
    const { station, broadcastId } = broadcast;
    await context.bus.publish({ type: 'media_refused', station, broadcastId, epoch, detail: detail.slice(0, 300) });
  }
}

function sourceBytes({ id: entryId, payload, capturedAt }: ChunkEntry, byteOffset: number): SourceBytes {
  const bytes = payload.subarray(byteOffset);
  return { bytes, places: [{ entryId, byteOffset, bytes: bytes.length }], capturedAt };
}

/** The greatest stream id below `id`, so that reading after it begins with `id`. */
function idBefore(id: string): string {
  const [ms = '0', n = '0'] = id.split('-');
  return Number(n) > 0 ? `${ms}-${Number(n) - 1}` : `${Number(ms) - 1}-18446744073709551615`;
}
