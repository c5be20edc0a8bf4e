import { type EventBodies, formatEventId, type KeptEventName, type WebhookEvent } from '@awaz/infra/contract';
import type { KeptEvent } from '@awaz/infra/events';
import type { WebhookDelivery } from './webhook.ts';

/** Kept events that webhooks tell of. */
const TOLD: Partial<Record<KeptEventName, WebhookEvent>> = {
  'stream:started': 'live',
  'stream:stopped': 'ended',
  'stream:metadata': 'title',
};

/** What webhooks call a kept event; undefined when they do not tell of it. */
export function webhookEventOf(event: KeptEventName): WebhookEvent | undefined {
  return TOLD[event];
}

/** A message about an event, made for a webhook; the same whenever and wherever it is made. */
export function deliveryOf(station: string, webhookId: string, kept: KeptEvent): WebhookDelivery | undefined {
  const type = webhookEventOf(kept.event);
  if (type === undefined) return undefined;
  const messageId = `${webhookId}-${formatEventId(kept.position)}`;
  return { station, webhookId, messageId, type, body: bodyOf(type, { station, at: timeOf(kept), data: kept.body }) };
}

/** The text of a message. */
export function bodyOf(type: WebhookDelivery['type'], about: { station: string; at: number; data: object }): string {
  const { station, at, data } = about;
  return JSON.stringify({ type, timestamp: new Date(at).toISOString(), station, data });
}

function timeOf({ event, body }: KeptEvent): number {
  return event === 'stream:started'
    ? (body as EventBodies['stream:started']).startedAt
    : (body as EventBodies['stream:metadata']).at;
}
