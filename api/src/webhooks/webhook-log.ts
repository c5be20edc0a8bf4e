import { type RedisHandle, readStream, stationKeys } from '@awaz/infra/redis';
import type { WebhookDelivery } from './webhook.ts';

/** Tries that are kept of each webhook; the oldest go first. */
export const MAX_LOGGED_TRIES = 100;

/** How long they are kept after the newest, in ms. */
const KEEP_MS = 30 * 86_400_000;

/** One try to send a message, and what came of it. */
export type WebhookTry = {
  messageId: string;
  type: WebhookDelivery['type'];
  body: string;
  /** 1 for the first. */
  attempt: number;
  /** When it began, ms since 1970. */
  at: number;
  durationMs: number;
  /** Status of the answer; null when there was none. */
  status: number | null;
  /** What went wrong; null when it was taken. */
  error: string | null;
  /** When it is tried again, ms since 1970; null when it is not. */
  nextAt: number | null;
};

/** What was sent to webhooks lately. Stateless; the truth is in Redis. */
export class WebhookLog {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Keeps a try. */
  async add(station: string, webhookId: string, made: WebhookTry): Promise<void> {
    const key = stationKeys(station).webhookLog(webhookId);
    await this.#handle.commands
      .multi()
      .xadd(key, 'MAXLEN', MAX_LOGGED_TRIES, '*', 'try', JSON.stringify(made))
      .pexpire(key, KEEP_MS)
      .exec();
  }

  /** The tries, the newest first. */
  async list(station: string, webhookId: string): Promise<WebhookTry[]> {
    const key = stationKeys(station).webhookLog(webhookId);
    const entries = await readStream(this.#handle.commands, key, { from: '-', to: '+', count: MAX_LOGGED_TRIES });
    return entries.map(({ fields }) => JSON.parse(String(fields.get('try'))) as WebhookTry).reverse();
  }

  /** The newest try of a message; undefined when there is none any more. */
  async find(station: string, webhookId: string, messageId: string): Promise<WebhookTry | undefined> {
    return (await this.list(station, webhookId)).find((made) => made.messageId === messageId);
  }

  /** Forgets all of a webhook. */
  async remove(station: string, webhookId: string): Promise<void> {
    await this.#handle.commands.del(stationKeys(station).webhookLog(webhookId));
  }
}
