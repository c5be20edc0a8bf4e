import { randomBytes } from 'node:crypto';
import { AlarmBoard } from '@awaz/infra/alarms';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import {
  type Archive,
  ArchiveFullError,
  type Recording,
  RecordingIndex,
  type RecordingName,
  recordingFiles,
} from '@awaz/infra/recordings';
import { type RedisHandle, recordingKeys } from '@awaz/infra/redis';
import { type Logger, pause, type Registry } from '@awaz/infra/runtime';
import { type ArchiveMetrics, createArchiveMetrics } from './archive-metrics.ts';
import { RecordingTakenError, RecordingWriter, type RecordingWriterContext } from './recording-writer.ts';

/** How often the part logs are read, in ms; they hold two minutes. */
const STEP_MS = 2000;

/** How long a recording stays with a process that says nothing, in ms. */
const LEASE_MS = 15_000;

/** What an archiver needs; all of it belongs to the caller. */
export type ArchiverOptions = {
  handle: RedisHandle;
  archive: Archive;
  logger: Logger;
  /** Where figures go. */
  registry: Registry;
  /** One AAC frame of silence. */
  fillerFrame: Uint8Array;
  /** How often the part logs are read, in ms, instead of every 2 s; for tests. */
  stepMs?: number;
};

/**
 * Writes the recordings of all broadcasts that no other process writes, also those that were left in the middle. A fault
 * of one stops none of the others, and never the air. `close` lets others go on and may be repeated.
 */
export class Archiver {
  readonly #options: ArchiverOptions;
  readonly #index: RecordingIndex;
  readonly #broadcasts: BroadcastRegistry;
  readonly #alarms: AlarmBoard;
  readonly #metrics: ArchiveMetrics;
  readonly #token = randomBytes(8).toString('hex');
  readonly #abort = new AbortController();
  readonly #writers = new Map<string, RecordingWriter>();
  readonly #full = new Map<string, number>();
  readonly #running: Promise<void>;

  constructor(options: ArchiverOptions) {
    this.#options = options;
    this.#index = new RecordingIndex(options.handle);
    this.#broadcasts = new BroadcastRegistry(options.handle);
    this.#alarms = new AlarmBoard(options.handle);
    this.#metrics = createArchiveMetrics(options.registry);
    this.#running = this.#run();
  }

  /** Settles when the step under way is done and the recordings are free for others. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await this.#stepAll().catch((error: unknown) =>
        this.#options.logger.warn({ err: error }, 'the open recordings could not be read; they are read again'),
      );
      await pause(this.#options.stepMs ?? STEP_MS, signal);
    }
    const names = await this.#index.allOpen().catch(() => []); // leases run out by themselves
    await Promise.all(names.map((name) => this.#index.release(name, this.#token).catch(() => undefined)));
  }

  async #stepAll(): Promise<void> {
    const open = await this.#index.allOpen();
    const known = new Set(open.map(({ broadcastId }) => broadcastId));
    for (const id of this.#writers.keys()) if (!known.has(id)) this.#forget(id);
    await Promise.all(open.map((name) => this.#stepSafely(name)));
    const now = Date.now();
    const lags = [...this.#writers.values()].map((writer) => writer.lagMs(now));
    this.#metrics.open.set(this.#writers.size);
    this.#metrics.lag.set(Math.max(0, ...lags) / 1000);
  }

  async #stepSafely(name: RecordingName): Promise<void> {
    try {
      if (!(await this.#index.lease(name, this.#token, LEASE_MS))) return this.#forget(name.broadcastId);
      await this.#step(name);
    } catch (error) {
      this.#writers.delete(name.broadcastId); // the next step reads anew where to go on
      await this.#failed(name, error).catch((failure: unknown) =>
        this.#options.logger.warn({ err: failure, ...name }, 'that a recording stands still could not be told'),
      );
    }
  }

  async #step(name: RecordingName): Promise<void> {
    const recording = await this.#index.get(name);
    if (recording === undefined) return this.#clear(name);
    const writer = await this.#writerOf(recording);
    // Asked before the log is read: what is over by now has all of its parts there.
    const record = await this.#broadcasts.get(name.station);
    const isOver = record?.broadcastId !== name.broadcastId || record.state !== 'live';
    await writer?.step();
    if (writer?.ended === true || isOver) await this.#finish(recording, writer);
    await this.#noteSpace(name);
  }

  async #writerOf(recording: Recording): Promise<RecordingWriter | undefined> {
    const known = this.#writers.get(recording.broadcastId);
    if (known !== undefined) return known;
    const { handle, archive, fillerFrame } = this.#options;
    const own = { index: this.#index, metrics: this.#metrics, token: this.#token };
    const context: RecordingWriterContext = { handle, archive, fillerFrame, ...own };
    const writer = await RecordingWriter.begin(context, recording);
    if (writer !== undefined) this.#writers.set(recording.broadcastId, writer);
    return writer;
  }

  /** A recording of nothing is none. */
  async #finish(recording: Recording, writer: RecordingWriter | undefined): Promise<void> {
    await writer?.finish();
    const after = await this.#index.get(recording);
    if (writer === undefined || after?.frames === 0) {
      await this.#index.remove(recording);
      await this.#clear(recording);
    } else {
      this.#options.logger.info({ ...after }, 'recording complete');
    }
    this.#forget(recording.broadcastId);
  }

  async #clear(name: RecordingName): Promise<void> {
    await this.#options.archive.removeFolder(recordingFiles(name).folder);
    await this.#index.remove(name);
    this.#forget(name.broadcastId);
  }

  #forget(broadcastId: string): void {
    this.#writers.delete(broadcastId);
    this.#full.delete(broadcastId);
  }

  async #failed(name: RecordingName, error: unknown): Promise<void> {
    if (error instanceof RecordingTakenError) return;
    const { logger } = this.#options;
    const isFull = error instanceof ArchiveFullError;
    this.#metrics.failures.inc({ reason: isFull ? 'disk_full' : 'error' });
    if (!isFull) return logger.warn({ err: error, ...name }, 'a step of a recording failed; it is tried again');
    if (this.#full.has(name.broadcastId)) return;
    const since = Date.now();
    this.#full.set(name.broadcastId, since);
    logger.error({ err: error, ...name }, 'no space for the recording; it goes on when there is some');
    await this.#index.noteFull(name, this.#token, since);
    await this.#alarm(name, 'warn', since);
  }

  async #noteSpace(name: RecordingName): Promise<void> {
    const since = this.#full.get(name.broadcastId);
    if (since === undefined || (await this.#index.get(name))?.fullSince !== undefined) return;
    this.#full.delete(name.broadcastId);
    this.#options.logger.info({ ...name, fullMs: Date.now() - since }, 'there is space again; the recording goes on');
    await this.#alarm(name, 'off', since);
  }

  async #alarm(name: RecordingName, level: 'warn' | 'off', since: number): Promise<void> {
    const guard = { key: recordingKeys(name.station, name.broadcastId).lease, value: this.#token };
    await this.#alarms.set(name, guard, { alarm: 'disk_full', level, since });
  }
}
