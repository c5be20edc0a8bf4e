import { randomBytes } from 'node:crypto';
import { type BroadcastRegistry, TRANSCODER_BEAT_MS, TranscoderRoll } from '@awaz/infra/broadcasts';
import { FencedError } from '@awaz/infra/part-log';
import { BROADCAST_QUEUE } from '@awaz/infra/redis';
import { DelayedError, type Job, WaitingError, Worker } from 'bullmq';
import type { SessionContext } from '../session/session-context.ts';
import { TranscodeSession } from '../session/transcode-session.ts';

/** What a job says: which broadcast is on air. One job for each broadcast, its id is the broadcast's. */
export type BroadcastJob = { station: string; broadcastId: string };

/** Life of a job's lock and how often dead owners are looked for, in ms: half of a kill is taken over within 1.9 s. */
const LOCK = { lockDuration: 2000, stalledInterval: 500 };

/** Pause before a broadcast that failed is tried again, in ms. */
const RETRY_DELAY_MS = 1000;

/** Tries after which a broadcast that always fails is ended. */
const MAX_TRIES = 30;

const HANDOVER = 'handover';

/** What a worker needs; the session context belongs to the caller. */
export type WorkerOptions = {
  session: SessionContext;
  /** Broadcasts taken at the same time. */
  slots: number;
};

/** Takes broadcasts from the queue and runs a session for each. `close` hands them over to others and may be repeated. */
export class TranscodeWorker {
  readonly #context: SessionContext;
  readonly #registry: BroadcastRegistry;
  readonly #worker: Worker<BroadcastJob>;
  readonly #roll: TranscoderRoll;
  readonly #id = `t${randomBytes(6).toString('hex')}`;
  readonly #slots: number;
  readonly #beat: NodeJS.Timeout;
  readonly #sessions = new Set<string>();
  #closing: Promise<void> | undefined;

  constructor({ session, slots }: WorkerOptions) {
    this.#context = session;
    this.#registry = session.registry;
    this.#slots = slots;
    this.#roll = new TranscoderRoll(session.handle);
    this.#worker = new Worker<BroadcastJob>(
      BROADCAST_QUEUE.name,
      (job, token, signal) => this.#process(job, token ?? '', signal ?? new AbortController().signal),
      {
        prefix: BROADCAST_QUEUE.prefix,
        connection: session.handle.connect('patient'),
        concurrency: slots,
        ...LOCK,
        maxStalledCount: Number.MAX_SAFE_INTEGER, // every takeover counts, and a show may see many
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
      },
    );
    this.#worker.on('error', (error) => this.#context.logger.warn({ err: error }, 'the job queue has trouble'));
    this.#beat = setInterval(() => this.#sayAlive(), TRANSCODER_BEAT_MS);
    this.#sayAlive();
  }

  /** Settles when jobs are taken. */
  async ready(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  /** Hands every broadcast over and stops taking others. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#beat);
    await this.#roll.leave(this.#id).catch(() => undefined); // Redis may be gone already; the beat runs out then
    this.#worker.cancelAllJobs(HANDOVER);
    await this.#worker.close();
  }

  #sayAlive(): void {
    const { logger } = this.#context;
    const busy = this.#sessions.size;
    this.#roll
      .beat({ id: this.#id, slots: this.#slots, busy })
      .catch((error: unknown) => logger.warn({ err: error }, 'the heartbeat could not be written'));
  }

  async #process(job: Job<BroadcastJob>, token: string, signal: AbortSignal): Promise<void> {
    const { station, broadcastId } = job.data;
    const record = await this.#registry.get(station);
    if (record?.broadcastId !== broadcastId || record.state !== 'live') return;
    this.#sessions.add(broadcastId);
    this.#sayAlive();
    try {
      const session = await TranscodeSession.begin(this.#context, record);
      const outcome = await session.run(signal);
      if (outcome.kind === 'ended') return;
    } catch (error) {
      await this.#failed(job, token, error);
    } finally {
      this.#sessions.delete(broadcastId);
      this.#sayAlive();
    }
    // Aborted: by this worker's end, or because another one has the lock by now (then moving fails, as it should).
    await job.moveToWait(token);
    throw new WaitingError();
  }

  /** Always throws. */
  async #failed(job: Job<BroadcastJob>, token: string, error: unknown): Promise<never> {
    const { station, broadcastId } = job.data;
    const { logger, bus } = this.#context;
    if (error instanceof FencedError) throw error;
    logger.error(
      { err: error, station, broadcastId, tries: job.attemptsStarted },
      'broadcast failed; it is tried again',
    );
    if (job.attemptsStarted >= MAX_TRIES) {
      await this.#registry.end(station, broadcastId, 'failed');
      await bus.publish({ type: 'broadcast_ended', station, broadcastId, reason: 'failed' });
      throw error;
    }
    await job.moveToDelayed(Date.now() + RETRY_DELAY_MS, token);
    throw new DelayedError();
  }
}
