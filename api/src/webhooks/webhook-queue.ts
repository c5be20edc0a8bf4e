import { randomBytes } from 'node:crypto';
import { type RedisHandle, WEBHOOK_QUEUE } from '@awaz/infra/redis';
import { type JobsOptions, Queue } from 'bullmq';
import type { WebhookDelivery } from './webhook.ts';

/** Tries of one message. */
export const MAX_TRIES = 6;

/** Wait before the second try, in ms; each further one is six times as long: 15 s, 90 s, 9 min, 54 min, 5.4 h. */
export const FIRST_RETRY_MS = 15_000;

const RETRY_FACTOR = 6;

/** How much of a wait is left to chance, so that messages that failed together do not come back together. */
const RETRY_JITTER = 0.1;

/**
 * How long it is remembered that a message was sent, in seconds: as long as the event it is about can be read again by
 * whoever goes on for one that died.
 */
const REMEMBER_SECONDS = 86_400;

/** Most messages that are remembered; the oldest are forgotten beyond it. */
const MAX_REMEMBERED = 50_000;

/** Events of the queue that are kept, about. */
const KEPT_EVENTS = 100;

/** How long to wait after a try that failed, in ms. */
export function retryDelayMs(attempt: number, firstMs = FIRST_RETRY_MS): number {
  const delayMs = firstMs * RETRY_FACTOR ** (attempt - 1);
  return Math.round(delayMs * (1 - RETRY_JITTER + 2 * RETRY_JITTER * Math.random()));
}

const JOB: JobsOptions = {
  attempts: MAX_TRIES,
  backoff: { type: 'custom' },
  removeOnComplete: { age: REMEMBER_SECONDS, count: MAX_REMEMBERED },
  removeOnFail: { age: REMEMBER_SECONDS, count: MAX_REMEMBERED },
};

/** Messages to webhooks on their way. `close` may be repeated. */
export class WebhookQueue {
  readonly #queue: Queue<WebhookDelivery>;

  constructor(handle: RedisHandle) {
    const { name, prefix } = WEBHOOK_QUEUE;
    const streams = { events: { maxLen: KEPT_EVENTS } }; // nobody reads the queue's events
    this.#queue = new Queue(name, { prefix, connection: handle.connect('prompt'), streams });
    this.#queue.on('error', () => undefined); // told by the call that failed
  }

  /** Sends a message once, however often it is added. */
  async add(delivery: WebhookDelivery): Promise<void> {
    await this.#queue.add('send', delivery, { ...JOB, jobId: delivery.messageId });
  }

  /** Sends a message once more; its receiver sees the same `webhook-id`. */
  async again(delivery: WebhookDelivery): Promise<void> {
    const jobId = `${delivery.messageId}-again-${randomBytes(4).toString('hex')}`;
    await this.#queue.add('send', delivery, { ...JOB, jobId });
  }

  /** How many messages wait for their first or next try. */
  async waiting(): Promise<number> {
    const { waiting = 0, delayed = 0 } = await this.#queue.getJobCounts('waiting', 'delayed');
    return waiting + delayed;
  }

  /** Ends the use of the queue; its connection is the Redis handle's. */
  async close(): Promise<void> {
    await this.#queue.close();
  }
}
