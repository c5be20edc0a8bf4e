import { isRedisAway, type RedisHandle, WEBHOOK_QUEUE } from '@awaz/infra/redis';
import { type Logger, pause, type Service } from '@awaz/infra/runtime';
import { type Job, WaitingError, Worker } from 'bullmq';
import type { WebhookDelivery } from './webhook.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';
import { FIRST_RETRY_MS, MAX_TRIES, retryDelayMs } from './webhook-queue.ts';
import type { WebhookSender } from './webhook-sender.ts';
import type { WebhookStore } from './webhook-store.ts';

/** Messages that one process sends at the same time; others wait. */
const CONCURRENCY = 16;

/** Life of a job's lock, in ms: longer than any try takes. A dead process's messages are sent by others after it. */
const LOCK_MS = 30_000;

/** Pause before the worker looks for messages again when Redis failed it, in ms. */
const RUN_RETRY_MS = 1000;

/** Longest wait for the worker's end, in ms. */
const CLOSE_WITHIN_MS = 3000;

/** What a worker needs. */
export type WebhookWorkerOptions = {
  handle: RedisHandle;
  store: Pick<WebhookStore, 'find'>;
  sender: Pick<WebhookSender, 'try'>;
  metrics: WebhookMetrics;
  logger: Logger;
  /** Other times than the usual ones, in ms; for tests. */
  firstRetryMs?: number | undefined;
  lockMs?: number | undefined;
};

/**
 * Takes messages from the queue and sends them; those that were not taken are tried again later. `close` gives back what
 * is being sent: it is sent again by another process, with the same `webhook-id`.
 */
export class WebhookWorker implements Service {
  readonly #options: WebhookWorkerOptions;
  readonly #worker: Worker<WebhookDelivery>;
  readonly #connection: ReturnType<RedisHandle['connect']>;
  readonly #abort = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(options: WebhookWorkerOptions) {
    const { handle, logger, lockMs = LOCK_MS, firstRetryMs } = options;
    this.#options = options;
    this.#connection = handle.connect('patient');
    this.#worker = new Worker<WebhookDelivery>(WEBHOOK_QUEUE.name, (job, token) => this.#process(job, token ?? ''), {
      prefix: WEBHOOK_QUEUE.prefix,
      connection: this.#connection,
      concurrency: CONCURRENCY,
      lockDuration: lockMs,
      stalledInterval: lockMs,
      maxStalledCount: Number.MAX_SAFE_INTEGER, // a process that dies says nothing about the message
      runRetryDelay: RUN_RETRY_MS,
      settings: { backoffStrategy: (attempt) => retryDelayMs(attempt, firstRetryMs) },
    });
    this.#worker.on('error', (error) => {
      const level = isRedisAway(error) ? 'debug' : 'warn'; // that Redis is away is logged once for all
      logger[level]({ err: error }, 'the queue of webhooks has trouble');
    });
  }

  /** Ends it; settles after 3 s at the latest. May be called again. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    const over = new AbortController();
    const isAway = this.#connection.status !== 'ready'; // without Redis there is nothing to wait for
    const closed = this.#worker.close(isAway).finally(() => over.abort());
    await Promise.race([closed, pause(CLOSE_WITHIN_MS, over.signal)]);
    if (!over.signal.aborted) this.#options.logger.warn('the queue of webhooks did not end in time');
  }

  async #process(job: Job<WebhookDelivery>, token: string): Promise<void> {
    const { store, sender, metrics, firstRetryMs = FIRST_RETRY_MS } = this.#options;
    const delivery = job.data;
    const webhook = await store.find(delivery.station, delivery.webhookId);
    if (webhook === undefined || webhook.disabledAt !== undefined) return metrics.skipped();
    const attempt = job.attemptsMade + 1;
    const retryInMs = attempt < MAX_TRIES ? retryDelayMs(attempt, firstRetryMs) : undefined;
    const { signal } = this.#abort;
    const outcome = await sender
      .try(webhook, delivery, { attempt, retryInMs, signal })
      .catch(async (error: unknown) => {
        if (!signal.aborted) throw error;
        await job.moveToWait(token);
        throw new WaitingError();
      });
    if (outcome.kind === 'failed') throw new Error(outcome.made.error ?? 'not taken');
  }
}
