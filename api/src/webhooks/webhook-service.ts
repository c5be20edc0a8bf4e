import { randomBytes } from 'node:crypto';
import { AwazError, type WebhookEvent } from '@awaz/infra/contract';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import { type Logger, type Registry, ReleaseStack, type Service } from '@awaz/infra/runtime';
import { isPublicAddress, literalAddress } from './public-address.ts';
import type { KnownWebhook } from './webhook.ts';
import { WebhookDispatcher } from './webhook-dispatcher.ts';
import { WebhookLog, type WebhookTry } from './webhook-log.ts';
import { bodyOf } from './webhook-message.ts';
import { WebhookMetrics } from './webhook-metrics.ts';
import { WebhookQueue } from './webhook-queue.ts';
import { WebhookSender } from './webhook-sender.ts';
import { type WebhookChanges, WebhookStore } from './webhook-store.ts';
import { WebhookWorker } from './webhook-worker.ts';

/** What webhooks need; the caller closes handle and bus after them. */
export type WebhookServiceOptions = {
  handle: RedisHandle;
  bus: Pick<ControlBus, 'listen' | 'publish'>;
  logger: Logger;
  metrics: Registry;
  /** Whether webhooks may lead to addresses that are not public (`WEBHOOK_ALLOW_PRIVATE`). */
  allowPrivate: boolean;
  /** Other times than the usual ones, in ms; for tests. */
  times?: { firstRetryMs?: number; lockMs?: number; answerWithinMs?: number; disableAfterMs?: number } | undefined;
};

/** Webhooks of stations: keeps them, and tells them what happens. `close` may be called again. */
export class WebhookService implements Service {
  readonly #options: WebhookServiceOptions;
  readonly #store: WebhookStore;
  readonly #log: WebhookLog;
  readonly #queue: WebhookQueue;
  readonly #sender: WebhookSender;
  readonly #dispatcher: WebhookDispatcher | undefined;
  readonly #abort = new AbortController();
  readonly #releases = new ReleaseStack();

  constructor(options: WebhookServiceOptions) {
    const { handle, bus, logger, allowPrivate, times } = options;
    this.#options = options;
    const store = new WebhookStore(handle);
    const log = new WebhookLog(handle);
    const queue = this.#releases.use(new WebhookQueue(handle));
    const metrics = new WebhookMetrics(options.metrics, { leads: () => this.#dispatcher?.leads === true });
    const sender = new WebhookSender({ store, log, metrics, logger, allowPrivate, ...times });
    this.#releases.use(new WebhookWorker({ handle, store, sender, metrics, logger, ...times }));
    this.#dispatcher = this.#releases.use(new WebhookDispatcher({ handle, bus, store, queue, metrics, logger }));
    this.#store = store;
    this.#log = log;
    this.#queue = queue;
    this.#sender = sender;
  }

  /** Makes a webhook. Throws `bad_request`, `unknown_station` or `limit_reached`. */
  async add(station: string, wish: { url: string; events: readonly WebhookEvent[] }): Promise<KnownWebhook> {
    this.#checkUrl(wish.url);
    const webhook = await this.#store.add(station, wish);
    await this.#changed(station);
    return webhook;
  }

  /** All webhooks of a station, the oldest first. */
  list(station: string): Promise<KnownWebhook[]> {
    return this.#store.list(station);
  }

  /** Changes a webhook and returns it. Throws `bad_request` or `not_found`. */
  async change(station: string, id: string, changes: WebhookChanges): Promise<KnownWebhook> {
    if (changes.url !== undefined) this.#checkUrl(changes.url);
    const webhook = await this.#store.change(station, id, changes);
    await this.#changed(station);
    return webhook;
  }

  /** Gives a webhook another secret and returns it; the old one signs too for a while, in ms. Throws `not_found`. */
  rotate(station: string, id: string, overlapMs: number): Promise<KnownWebhook> {
    return this.#store.rotate(station, id, overlapMs);
  }

  /** Removes a webhook with its log. Throws `not_found`. */
  async remove(station: string, id: string): Promise<void> {
    await this.#store.remove(station, id);
    await this.#log.remove(station, id);
    await this.#changed(station);
  }

  /** Sends a message of type `test` now, once, also to a webhook that is off; settles with what came of it. */
  async test(station: string, id: string): Promise<WebhookTry> {
    const webhook = await this.#store.get(station, id);
    const messageId = `${id}-test-${randomBytes(6).toString('hex')}`;
    const body = bodyOf('test', { station, at: Date.now(), data: {} });
    const delivery = { station, webhookId: id, messageId, type: 'test', body } as const;
    const place = { attempt: 1, retryInMs: undefined, signal: this.#abort.signal };
    return (await this.#sender.try(webhook, delivery, place)).made;
  }

  /** What was sent to a webhook lately, the newest first. Throws `not_found`. */
  async tries(station: string, id: string): Promise<WebhookTry[]> {
    await this.#store.get(station, id);
    return this.#log.list(station, id);
  }

  /** Sends a message of the log once more, under the same `webhook-id`. Throws `not_found`. */
  async again(station: string, id: string, messageId: string): Promise<void> {
    await this.#store.get(station, id);
    const made = await this.#log.find(station, id, messageId);
    if (made === undefined) throw new AwazError('not_found', 'There is no such message in the log any more.');
    await this.#queue.again({ station, webhookId: id, messageId, type: made.type, body: made.body });
  }

  /** Gives back what is being sent, and lets other processes go on. */
  close(): Promise<void> {
    this.#abort.abort();
    return this.#releases.close();
  }

  #checkUrl(text: string): void {
    const url = new URL(text);
    if (url.username !== '' || url.password !== '') {
      throw new AwazError('bad_request', 'The address of a webhook may hold no user and password.');
    }
    const literal = literalAddress(url);
    if (this.#options.allowPrivate || literal === undefined || isPublicAddress(literal)) return;
    throw new AwazError('bad_request', `${literal} is no address of the public internet; webhooks go to such only.`);
  }

  async #changed(station: string): Promise<void> {
    await this.#options.bus.publish({ type: 'station_changed', station });
  }
}
