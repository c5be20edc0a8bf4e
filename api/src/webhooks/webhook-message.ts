import { type EventBodies, formatEventId, type WebhookEvent } from '@awaz/infra/contract';
import type { KeptEvent } from '@awaz/infra/events';
import type { WebhookDelivery } from './webhook.ts';

/** What webhooks call a kept event; undefined when they do not tell of it. */
export function webhookEventOf({ event, body }: Pick<KeptEvent, 'event' | 'body'>): WebhookEvent | undefined {
  switch (event) {
    case 'stream:started':
      return 'live';
    case 'stream:stopped':
      return 'ended';
    case 'stream:metadata':
      return 'title';
    case 'stream:alarm':
      return (body as EventBodies['stream:alarm']).alarm === 'silence_on_air' ? 'silence' : undefined;
    default:
      return undefined;
  }
}

/** A message about an event, made for a webhook; the same whenever and wherever it is made. */
export function deliveryOf(station: string, webhookId: string, kept: KeptEvent): WebhookDelivery | undefined {
  const type = webhookEventOf(kept);
  if (type === undefined) return undefined;
  const messageId = `${webhookId}-${formatEventId(kept.position)}`;
  return { station, webhookId, messageId, type, body: bodyOf(type, { station, at: timeOf(kept), data: dataOf(kept) }) };
}

/** Webhooks have a type of their own for silence, so the name of the alarm says nothing more. */
function dataOf({ event, body }: KeptEvent): object {
  if (event !== 'stream:alarm') return body;
  const { broadcastId, level, since, at } = body as EventBodies['stream:alarm'];
  return { broadcastId, level, since, at };
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
