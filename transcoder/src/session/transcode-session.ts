import { ChunkLogReader } from '@awaz/infra/chunk-log';
import { type EndReason, framesToMs } from '@awaz/infra/contract';
import { PartLogWriter, type PublishedPart } from '@awaz/infra/part-log';
import { QualityBoard } from '@awaz/infra/quality';
import { RecordingIndex } from '@awaz/infra/recordings';
import { stationKeys } from '@awaz/infra/redis';
import { type Logger, pause } from '@awaz/infra/runtime';
import { AAC_LC_CODEC, initSection } from '../isobmff/init-section.ts';
import { type FinishedPart, Packager, type SourceFrame } from '../packager/packager.ts';
import { SoundMonitor } from '../sound/sound-monitor.ts';
import { EncoderQuality } from './encoder-quality.ts';
import { PartPublisher } from './part-publisher.ts';
import { RunWatchdog } from './run-watchdog.ts';
import type { SessionBroadcast, SessionContext } from './session-context.ts';
import type { PlayOutcome, SourcePlayer } from './source-player.ts';
import { TitlePlacer } from './title-placer.ts';
import { WarmSource } from './warm-source.ts';

/** How long a broadcast waits for its owner, in ms (INTERFACE section 5). */
export const OWNER_PATIENCE_MS = 60_000;

/** How long a connected owner may send nothing, in ms. */
const SILENT_OWNER_PATIENCE_MS = 600_000;

/** How often the session looks after its run and its owner, in ms. */
const LOOK_MS = 250;

/** How often the chunk log is trimmed behind the restart point, in ms. */
const TRIM_MS = 5000;

/** How often a session that is given away looks whether it was taken, in ms; its next part tells it, too. */
const TAKEN_LOOK_MS = 50;

/** How often it is told how the encoder does, in ms. */
const TELL_MS = 1000;

/** How a session ended: the broadcast is over, or another worker has to go on with it. */
export type SessionOutcome = { kind: 'ended'; reason: EndReason } | { kind: 'handover' };

/**
 * One broadcast from chunk log to part log, from wherever an earlier worker left it. Owns ffmpeg, packager and publisher;
 * all of them are gone when `run` has settled.
 */
export class TranscodeSession {
  readonly #context: SessionContext;
  readonly #broadcast: SessionBroadcast;
  readonly #logger: Logger;
  readonly #reader: ChunkLogReader;
  readonly #source: WarmSource;
  readonly #packager: Packager;
  readonly #publisher: PartPublisher;
  readonly #writer: PartLogWriter;
  readonly #player: SourcePlayer;
  readonly #watchdog: RunWatchdog;
  readonly #quality = new EncoderQuality();
  readonly #sound: SoundMonitor;
  readonly #board: QualityBoard;
  readonly #abort = new AbortController();
  readonly #resumeAfter: PublishedPart | undefined;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  #failure: Error | undefined;
  #endReason: EndReason | undefined;
  #onAir = false;
  #lastChunkAt = Date.now();
  #lookedAt = 0;
  #trimmedAt = Date.now();
  #toldAt = 0;

  private constructor(
    context: SessionContext,
    broadcast: SessionBroadcast,
    log: {
      writer: PartLogWriter;
      titles: TitlePlacer;
      resumeAfter: PublishedPart | undefined;
      sound: SoundMonitor;
      source: WarmSource;
    },
  ) {
    this.#context = context;
    this.#broadcast = broadcast;
    this.#logger = context.logger.child({ station: broadcast.station, broadcastId: broadcast.broadcastId });
    this.#board = new QualityBoard(context.handle);
    this.#watchdog = new RunWatchdog(() => {
      context.metrics.slowed.inc();
      this.#logger.warn('the encoder uses far more CPU than its audio explains; it gets what others leave');
    });
    this.#writer = log.writer;
    this.#sound = log.sound;
    this.#resumeAfter = log.resumeAfter;
    this.#reader = new ChunkLogReader(context.handle, broadcast);
    this.#packager = new Packager({
      cut: broadcast.cut,
      renditions: broadcast.ladder.length,
      fillerFrame: context.fillerFrame,
      resumeAfter: log.resumeAfter,
      graceMs: context.fillerGraceMs,
      lateAudio: broadcast.lateAudio,
      recordedRung: broadcast.recordedRung,
      now: Date.now(),
    });
    this.#publisher = new PartPublisher(log, {
      onPublished: (part) => this.#published(part),
      onFailed: (error) => this.#fail(error),
      onRetry: (error) => {
        context.metrics.publishRetries.inc();
        this.#logger.warn({ err: error }, 'a part could not be stored; trying again');
      },
    });
    this.#source = log.source;
    this.#player = log.source.player;
  }

  /**
   * Takes the broadcast over: fences earlier owners off and says what readers of the part log need to know. Its encoder is
   * at work before, so that an owner which hands over publishes until then.
   */
  static async begin(context: SessionContext, broadcast: SessionBroadcast): Promise<TranscodeSession> {
    const logger = context.logger.child({ station: broadcast.station, broadcastId: broadcast.broadcastId });
    const reader = new ChunkLogReader(context.handle, broadcast);
    const source = await WarmSource.start({ context, broadcast, logger, reader });
    try {
      return await TranscodeSession.#takeOver(context, broadcast, source);
    } catch (error) {
      await source.close();
      throw error;
    }
  }

  static async #takeOver(
    context: SessionContext,
    broadcast: SessionBroadcast,
    source: WarmSource,
  ): Promise<TranscodeSession> {
    const writer = await PartLogWriter.acquire(context.handle, broadcast);
    const { station, broadcastId, startedAt, ladder, cut, lowLatency } = broadcast;
    const inits = ladder.map(({ kbps }) => initSection({ sampleRate: 48_000, channels: 2, bitrate: kbps * 1000 }));
    const meta = { station, broadcastId, startedAt, ladder, cut, lowLatency, codec: AAC_LC_CODEC };
    await writer.writeMeta(meta, inits);
    const recorded = ladder[broadcast.recordedRung ?? -1];
    if (recorded !== undefined) {
      const title = new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ');
      const recordings = new RecordingIndex(context.handle);
      await recordings.open({ station, broadcastId, startedAt, kbps: recorded.kbps, title });
    }
    const titles = new TitlePlacer(await writer.lastProgramme());
    const resumeAfter = await writer.lastPart();
    const { handle, metrics, silenceTimes } = context;
    const guard = { key: stationKeys(station).fence, value: String(writer.fence) };
    const logger = context.logger.child({ station, broadcastId });
    const monitored = { handle, broadcast, guard, metrics: metrics.sound, silenceTimes, logger };
    const sound = await SoundMonitor.begin(monitored, resumeAfter?.cursor !== undefined);
    return new TranscodeSession(context, broadcast, { writer, titles, resumeAfter, sound, source });
  }

  /**
   * Runs until the broadcast is over, or the signal hands it to another worker. Rejects when this worker was fenced off
   * or cannot publish any more; nothing is published after that.
   */
  async run(signal: AbortSignal): Promise<SessionOutcome> {
    const stop = () => this.#abort.abort();
    signal.addEventListener('abort', stop, { once: true });
    this.#abort.signal.addEventListener('abort', () => this.#source.stop(), { once: true });
    if (signal.aborted) stop();
    this.#context.metrics.sessions.inc();
    this.#logger.info({ resumes: this.#resumeAfter !== undefined }, 'broadcast taken');
    this.#attach();
    this.#schedule();
    try {
      const outcome = await this.#source.outcome;
      if (this.#failure !== undefined) throw this.#failure;
      return await this.#conclude(outcome);
    } finally {
      clearTimeout(this.#timer);
      signal.removeEventListener('abort', stop);
      this.#publisher.close();
      this.#sound.close();
      await this.#source.close();
      this.#context.metrics.sessions.dec();
    }
  }

  /** Settles when another worker has taken the broadcast over, or the signal is aborted. */
  async untilTaken(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && (await this.#writer.owns())) await pause(TAKEN_LOOK_MS, signal);
  }

  /** Ends the broadcast from outside, as an owner's `end` would. */
  end(reason: EndReason): void {
    this.#endReason ??= reason;
    this.#abort.abort();
  }

  #attach(): void {
    const sink = {
      onFrames: (frames: SourceFrame[]) => this.#take(frames),
      onSound: (pcm: Buffer) => this.#sound.take(pcm),
      onChunk: (chunkMs: number) => {
        this.#lastChunkAt = Date.now();
        this.#packager.setChunkMs(chunkMs);
      },
    };
    this.#source.attach(sink, this.#resumeAfter);
  }

  async #conclude(outcome: PlayOutcome): Promise<SessionOutcome> {
    const reason = outcome.kind === 'ended' ? outcome.reason : this.#endReason;
    if (reason === undefined) {
      await this.#publisher.drain();
      return { kind: 'handover' };
    }
    this.#publish(this.#packager.flush(Date.now()));
    await this.#publisher.drain();
    if (this.#failure !== undefined) throw this.#failure;
    const { station, broadcastId } = this.#broadcast;
    await this.#writer.appendEnd(this.#publisher.last ?? this.#resumeAfter, reason);
    await this.#context.registry.end(station, broadcastId, reason);
    await this.#context.bus.publish({ type: 'broadcast_ended', station, broadcastId, reason });
    this.#logger.info({ reason }, 'broadcast ended');
    return { kind: 'ended', reason };
  }

  #take(frames: SourceFrame[]): void {
    const dropped = this.#packager.droppedFrames;
    this.#quality.encoded(frames.length);
    this.#publish(this.#packager.push(frames, Date.now()));
    const more = this.#packager.droppedFrames - dropped;
    if (more > 0) this.#context.metrics.frames.inc({ kind: 'dropped' }, more);
  }

  #publish(parts: FinishedPart[]): void {
    if (parts.length > 0) this.#publisher.push(parts);
    this.#schedule();
  }

  /**
   * One timer: for the next filler, or for looking after things. Every frame moves the deadline on; a timer that comes too
   * early for it costs less than a new one for each.
   */
  #schedule(): void {
    if (this.#abort.signal.aborted) return;
    const dueAt = Math.min(this.#packager.deadline, this.#lookedAt + LOOK_MS);
    if (this.#timer !== undefined && this.#timerAt <= dueAt) return;
    clearTimeout(this.#timer);
    const now = Date.now();
    this.#timerAt = Math.max(dueAt, now + 1);
    this.#timer = setTimeout(() => this.#tick(), this.#timerAt - now);
  }

  #tick(): void {
    this.#timer = undefined;
    const now = Date.now();
    if (now - this.#lookedAt >= LOOK_MS) {
      this.#lookedAt = now;
      this.#look(now).catch((error: unknown) =>
        this.#logger.warn({ err: error }, 'looking after the broadcast failed'),
      );
      this.#tellQuality(now);
    }
    this.#publish(this.#packager.tick(now));
  }

  async #look(now: number): Promise<void> {
    const run = this.#player.current;
    const trouble = run && this.#watchdog.check(run, now);
    if (trouble !== undefined) this.#player.replace(trouble);
    if (now - this.#trimmedAt > TRIM_MS) {
      this.#trimmedAt = now;
      const cursor = this.#publisher.last?.cursor;
      if (cursor !== undefined) await this.#reader.trimBefore(cursor.entryId);
    }
    const silentMs = now - this.#lastChunkAt;
    if (silentMs < OWNER_PATIENCE_MS) return;
    const connected = await this.#context.registry.hasPublisher(this.#broadcast.station);
    if (!connected || silentMs > SILENT_OWNER_PATIENCE_MS) this.end('owner_lost');
  }

  #tellQuality(now: number): void {
    if (now - this.#toldAt < TELL_MS) return;
    this.#toldAt = now;
    this.#board
      .tell(this.#broadcast.station, 'encoder', { ...this.#quality.report(now), sound: this.#sound.report(now) })
      .catch((error: unknown) => this.#logger.debug({ err: error }, 'how the encoder does could not be told'));
  }

  #published(part: PublishedPart): void {
    const { metrics } = this.#context;
    metrics.parts.inc();
    metrics.titles.inc(part.programme?.length ?? 0);
    metrics.frames.inc({ kind: 'filler' }, part.fillerFrames);
    metrics.frames.inc({ kind: 'source' }, part.frames - part.fillerFrames);
    if (part.fillerFrames === part.frames) return;
    const delayMs = Math.max(0, part.publishedAt - part.programDateTime - framesToMs(part.frames));
    metrics.publishDelay.observe(delayMs / 1000);
    this.#quality.published(delayMs);
    if (!this.#onAir) {
      this.#onAir = true;
      this.#sayOnAir().catch((error: unknown) => {
        this.#onAir = false; // the next part says it again
        this.#logger.warn({ err: error }, 'on air could not be announced yet');
      });
    }
  }

  async #sayOnAir(): Promise<void> {
    const { station, broadcastId } = this.#broadcast;
    await this.#context.registry.markOnAir(station, broadcastId);
    await this.#context.bus.publish({ type: 'broadcast_on_air', station, broadcastId });
  }

  #fail(error: Error): void {
    this.#failure = error;
    this.#abort.abort();
  }
}
