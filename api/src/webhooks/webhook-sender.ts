import type { Logger } from '@awaz/infra/runtime';
import { type KnownWebhook, signingSecrets, type WebhookDelivery } from './webhook.ts';
import type { WebhookLog, WebhookTry } from './webhook-log.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';
import { sendWebhook } from './webhook-request.ts';
import { webhookSignature } from './webhook-signature.ts';
import type { WebhookStore } from './webhook-store.ts';

/** How long a webhook may take nothing before it is switched off, in ms: three days. */
export const DISABLE_AFTER_MS = 3 * 86_400_000;

/** Status by which a receiver says that it wants no more (Standard Webhooks 1.0). */
const GONE = 410;

/** What a sender needs. */
export type WebhookSenderOptions = {
  store: WebhookStore;
  log: WebhookLog;
  metrics: WebhookMetrics;
  logger: Logger;
  /** Whether addresses that are not public may be reached. */
  allowPrivate: boolean;
  /** Other times than the usual ones, in ms; for tests. */
  answerWithinMs?: number | undefined;
  disableAfterMs?: number | undefined;
};

/** Which try it is, and when the next one would come if it fails. */
export type TryPlace = { attempt: number; retryInMs: number | undefined; signal: AbortSignal };

/** How a try ended: taken, failed, or the receiver wants no more of it. */
export type TryOutcome = { kind: 'taken' | 'failed' | 'off'; made: WebhookTry };

/** Sends messages to webhooks, one try at a time, and keeps account of it. */
export class WebhookSender {
  readonly #options: WebhookSenderOptions;

  constructor(options: WebhookSenderOptions) {
    this.#options = options;
  }

  /** Makes one try. Never rejects for the receiver's sake; with `signal` aborted it rejects, and nothing is kept. */
  async try(webhook: KnownWebhook, delivery: WebhookDelivery, place: TryPlace): Promise<TryOutcome> {
    const at = Date.now();
    const answer = await this.#send(webhook, delivery, place.signal);
    place.signal.throwIfAborted();
    const durationMs = Date.now() - at;
    const { messageId, type, body } = delivery;
    const isTaken = answer.error === null;
    const isOff = !isTaken && (await this.#noteFailure(webhook, delivery, answer.status));
    const mayCome = !isTaken && !isOff && place.retryInMs !== undefined;
    const nextAt = mayCome ? Date.now() + (place.retryInMs ?? 0) : null;
    const made = { messageId, type, body, attempt: place.attempt, at, durationMs, ...answer, nextAt };
    await this.#account(webhook, delivery, made);
    return { kind: isTaken ? 'taken' : isOff ? 'off' : 'failed', made };
  }

  async #send(webhook: KnownWebhook, { messageId, body }: WebhookDelivery, signal: AbortSignal) {
    const timestamp = Math.floor(Date.now() / 1000);
    const headers = {
      'Content-Type': 'application/json',
      'User-Agent': 'Awaz-Pulse-Webhooks/1',
      'Webhook-Id': messageId,
      'Webhook-Timestamp': String(timestamp),
      'Webhook-Signature': webhookSignature(signingSecrets(webhook, Date.now()), { id: messageId, timestamp, body }),
    };
    const { allowPrivate, answerWithinMs: withinMs } = this.#options;
    try {
      const status = await sendWebhook({ url: webhook.url, headers, body, allowPrivate, signal, withinMs });
      return { status, error: faultOf(status) };
    } catch (error) {
      return { status: null, error: (error as Error).message.slice(0, 200) || 'the connection failed' };
    }
  }

  /** Whether the webhook is switched off by it. */
  async #noteFailure({ id }: KnownWebhook, { station }: WebhookDelivery, status: number | null): Promise<boolean> {
    const { store, disableAfterMs = DISABLE_AFTER_MS } = this.#options;
    if (status === GONE) {
      await store.disable(station, id, 'its receiver answered 410 (gone)');
      return true;
    }
    const failingSince = await store.failed(station, id);
    if (Date.now() - failingSince < disableAfterMs) return false;
    await store.disable(station, id, `nothing was taken since ${new Date(failingSince).toISOString()}`);
    return true;
  }

  /** What was sent is sent: that it cannot be noted must not send it again. */
  async #account({ id }: KnownWebhook, { station }: WebhookDelivery, made: WebhookTry): Promise<void> {
    const { store, log, metrics, logger } = this.#options;
    metrics.tried(made);
    try {
      if (made.error === null) await store.taken(station, id);
      await log.add(station, id, made);
    } catch (error) {
      logger.warn({ err: error, station, webhook: id }, 'a try to reach a webhook could not be noted');
    }
  }
}

function faultOf(status: number): string | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 300 && status < 400) return `answered ${status}; redirects are not followed`;
  return `answered ${status}`;
}
