import { randomBytes } from 'node:crypto';
import {
  type Archive,
  type Recording,
  RecordingIndex,
  type RecordingName,
  recordingFiles,
} from '@awaz/infra/recordings';
import { type RedisHandle, STATIONS_KEY } from '@awaz/infra/redis';
import { type Logger, pause } from '@awaz/infra/runtime';

/** How often it is looked what may go, in ms. */
const LOOK_MS = 60_000;

/** What a keeper needs; all of it belongs to the caller. */
export type RecordingKeeperOptions = {
  handle: RedisHandle;
  archive: Archive;
  logger: Logger;
  /** Age after its end at which a complete recording goes, in ms; none goes when undefined. */
  maxAgeMs: number | undefined;
  /** Most bytes of all recordings; the oldest complete ones go beyond it. */
  maxBytes: number;
  /** How often it looks, in ms, instead of once a minute; for tests. */
  lookMs?: number;
};

/**
 * Clears away recordings that are too old or too many, and those of stations that are gone; one process at a time does it.
 * `close` ends it and may be repeated.
 */
export class RecordingKeeper {
  readonly #options: RecordingKeeperOptions;
  readonly #index: RecordingIndex;
  readonly #token = randomBytes(8).toString('hex');
  readonly #abort = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: RecordingKeeperOptions) {
    this.#options = options;
    this.#index = new RecordingIndex(options.handle);
    this.#running = this.#run();
  }

  /** Settles when nothing is removed any more. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const lookMs = this.#options.lookMs ?? LOOK_MS;
    for (;;) {
      await pause(lookMs, signal);
      if (signal.aborted) return;
      await this.#look(lookMs).catch((error: unknown) =>
        this.#options.logger.warn({ err: error }, 'old recordings could not be cleared away; it is tried again'),
      );
    }
  }

  async #look(lookMs: number): Promise<void> {
    if (!(await this.#index.keep(this.#token, lookMs * 3))) return;
    const kept: Recording[] = [];
    for (const name of await this.#index.all()) {
      const recording = await this.#index.get(name);
      if (await this.#mayGo(name, recording)) await this.#remove(name);
      else if (recording !== undefined) kept.push(recording);
    }
    let bytes = kept.reduce((sum, recording) => sum + recording.bytes, 0);
    for (const recording of kept) {
      if (bytes <= this.#options.maxBytes) return;
      if (recording.state === 'open') continue;
      await this.#remove(recording);
      bytes -= recording.bytes;
    }
  }

  async #mayGo({ station }: RecordingName, recording: Recording | undefined): Promise<boolean> {
    if ((await this.#options.handle.commands.zscore(STATIONS_KEY, station)) === null) return true;
    if (recording?.state !== 'complete') return false;
    const { maxAgeMs = Number.POSITIVE_INFINITY } = this.#options;
    return Date.now() - (recording.endedAt ?? recording.startedAt) > maxAgeMs;
  }

  async #remove(name: RecordingName): Promise<void> {
    await this.#options.archive.removeFolder(recordingFiles(name).folder);
    await this.#index.remove(name);
    this.#options.logger.info({ ...name }, 'recording cleared away');
  }
}
