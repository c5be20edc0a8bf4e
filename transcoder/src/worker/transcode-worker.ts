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

/** How long a broadcast that was given away is published until the other worker is ready, in ms. */
const HANDOVER_PATIENCE_MS = 5000;

/** Pause before a broadcast that is being moved away is offered again, in ms. */
const OFFER_AGAIN_MS = 200;

/** A broadcast that this worker publishes. */
type Running = {
  job: Job<BroadcastJob>;
  token: string;
  /** Once it owns the broadcast. */
  session?: TranscodeSession;
  abort: AbortController;
  /** Aborted when its session is over. */
  over: AbortController;
  /** Whether its job waits for another worker, or is with one by now; the fence tells when that one publishes. */
  given: boolean;
};

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
  readonly #running = new Map<string, Running>();
  readonly #stopListening: () => void;
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
    this.#stopListening = session.bus.listen((message) => {
      if (message.type !== 'move_broadcast') return;
      this.#move(message.broadcastId).catch((error: unknown) =>
        this.#context.logger.warn({ err: error, ...message }, 'the broadcast could not be moved'),
      );
    });
    this.#beat = setInterval(() => this.#sayAlive(), TRANSCODER_BEAT_MS);
    this.#sayAlive();
  }

  /** Settles when jobs are taken. */
  async ready(): Promise<void> {
    await this.#worker.waitUntilReady();
  }

  /**
   * Hands every broadcast over and stops taking others. Where another worker has room, each is published here until that
   * one is ready.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    clearInterval(this.#beat);
    await this.#roll.leave(this.#id).catch(() => undefined); // Redis may be gone already; the beat runs out then
    this.#stopListening();
    const closed = this.#worker.close(); // takes nothing more, and waits for what runs
    await Promise.all([...this.#running.values()].map((running) => this.#giveAway(running)));
    await closed;
  }

  async #move(broadcastId: string): Promise<void> {
    const running = this.#running.get(broadcastId);
    if (running === undefined || running.given || this.#closing !== undefined) return;
    const { logger } = this.#context;
    if (!(await this.#othersHaveRoom())) {
      logger.warn({ ...running.job.data }, 'no other transcoder is free; the broadcast stays');
      return;
    }
    await this.#giveAway(running);
    logger.info({ ...running.job.data }, 'broadcast moved');
  }

  async #othersHaveRoom(): Promise<boolean> {
    const living = await this.#roll.live().catch(() => []);
    return living.some(({ id, slots, busy }) => id !== this.#id && busy < slots);
  }

  /** Settles when the session is over: the other worker fenced it off, or could not be waited for. */
  async #giveAway(running: Running): Promise<void> {
    if (running.given) return;
    if (!(await this.#othersHaveRoom())) {
      running.abort.abort(); // nobody is waited for; the job is put back when the session is over
      return;
    }
    running.given = true;
    try {
      await running.job.moveToWait(running.token);
      const patience = AbortSignal.any([running.over.signal, AbortSignal.timeout(HANDOVER_PATIENCE_MS)]);
      await running.session?.untilTaken(patience);
    } catch (error) {
      this.#context.logger.warn({ err: error, ...running.job.data }, 'the broadcast waits for its lock to run out');
    }
    running.abort.abort();
  }

  #sayAlive(): void {
    if (this.#closing !== undefined) return; // it has left the roll; a late word would put it back
    const { logger } = this.#context;
    const busy = this.#running.size;
    this.#roll
      .beat({ id: this.#id, slots: this.#slots, busy })
      .catch((error: unknown) => logger.warn({ err: error }, 'the heartbeat could not be written'));
  }

  async #process(job: Job<BroadcastJob>, token: string, signal: AbortSignal): Promise<void> {
    const { station, broadcastId } = job.data;
    const record = await this.#registry.get(station);
    if (record?.broadcastId !== broadcastId || record.state !== 'live') return;
    if (this.#running.has(broadcastId)) {
      await job.moveToDelayed(Date.now() + OFFER_AGAIN_MS, token);
      throw new DelayedError();
    }
    const running = this.#begin(job, token, signal);
    try {
      const session = await TranscodeSession.begin(this.#context, record);
      running.session = session;
      const outcome = await session.run(running.abort.signal);
      if (outcome.kind === 'ended' && !running.given) return;
    } catch (error) {
      if (!running.given) await this.#failed(job, token, error);
    } finally {
      this.#running.delete(broadcastId);
      running.over.abort();
      this.#sayAlive();
    }
    if (running.given) throw new WaitingError();
    // Aborted: by this worker's end, or because another one has the lock by now (then moving fails, as it should).
    await job.moveToWait(token);
    throw new WaitingError();
  }

  #begin(job: Job<BroadcastJob>, token: string, signal: AbortSignal): Running {
    const running: Running = { job, token, abort: new AbortController(), over: new AbortController(), given: false };
    const lost = () => {
      if (!running.given) running.abort.abort(); // who gave the job away lost its lock on purpose
    };
    if (signal.aborted) lost();
    else signal.addEventListener('abort', lost, { once: true });
    this.#running.set(job.data.broadcastId, running);
    this.#sayAlive();
    return running;
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
