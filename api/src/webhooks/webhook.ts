import { randomBytes } from 'node:crypto';
import { WEBHOOK_EVENTS, type WebhookEvent } from '@awaz/infra/contract';

/** A webhook as it is kept. */
export type Webhook = {
  id: string;
  /** Where events are sent by POST; http or https. */
  url: string;
  /** What is sent there; at least one. */
  events: WebhookEvent[];
  /** Signs what is sent: `whsec_` and 32 bytes in base64. */
  secret: string;
  /** The secret before, which signs too until then (ms since 1970), so that receivers have time to learn the new one. */
  previous?: { secret: string; until: number };
  /** Ms since 1970. */
  createdAt: number;
};

/** How sending to a webhook goes. */
export type WebhookState = {
  /** Since when nothing was taken, ms since 1970; undefined while all is well. */
  failingSince: number | undefined;
  /** When it was switched off, ms since 1970; undefined while it is on. */
  disabledAt: number | undefined;
  /** Why it was switched off. */
  disabledReason: string | undefined;
};

/** A webhook with its state. */
export type KnownWebhook = Webhook & WebhookState;

/** What is to be sent to one webhook; the same in every try, so that its receiver can tell repetitions. */
export type WebhookDelivery = {
  station: string;
  webhookId: string;
  /** Value of `webhook-id`. */
  messageId: string;
  type: WebhookEvent | 'test';
  /** JSON text. */
  body: string;
};

/** A new webhook that takes these events. */
export function newWebhook(wish: { url: string; events: readonly WebhookEvent[] }): Webhook {
  return {
    id: `w${randomBytes(6).toString('hex')}`,
    url: wish.url,
    events: inOrder(wish.events),
    secret: newSecret(),
    createdAt: Date.now(),
  };
}

/** A secret that nobody has seen. */
export function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The secrets that sign at a time (ms since 1970), the newest first. */
export function signingSecrets({ secret, previous }: Webhook, now: number): string[] {
  return previous !== undefined && previous.until > now ? [secret, previous.secret] : [secret];
}

/** Each event once, in the order of the contract. */
export function inOrder(events: readonly WebhookEvent[]): WebhookEvent[] {
  return WEBHOOK_EVENTS.filter((event) => events.includes(event));
}
