import type { WebhookEvent, WebhookTry, WebhookView } from '@awaz/infra/contract';
import { dateText, timeText } from './dates.ts';
import { t } from './words.ts';

/** What a webhook can be told of, in the order of the form. */
export const OFFERED_EVENTS = ['live', 'ended', 'title', 'silence'] as const satisfies readonly WebhookEvent[];

/** How a webhook does. */
export type WebhookHealth = 'on' | 'failing' | 'off';

/** Whether a webhook is on, and whether what is sent is taken. */
export function healthOf({ disabledAt, failingSince }: WebhookView): WebhookHealth {
  if (disabledAt !== null) return 'off';
  return failingSince === null ? 'on' : 'failing';
}

/** How a webhook does, in a sentence. */
export function healthText(webhook: WebhookView): string {
  const { disabledAt, disabledReason, failingSince } = webhook;
  switch (healthOf(webhook)) {
    case 'off': {
      const why = disabledReason === null || disabledReason === '' ? undefined : disabledReason;
      const date = dateText(disabledAt ?? 0);
      return why === undefined ? t('hooks.off', { date }) : t('hooks.off.why', { date, why });
    }
    case 'failing':
      return t('hooks.failing', { date: dateText(failingSince ?? 0) });
    default:
      return t('hooks.on');
  }
}

/** What came of a try, in a sentence. */
export function outcomeText({ status, error, durationMs }: WebhookTry): string {
  const ms = Math.round(durationMs);
  if (error === null) return t('hooks.taken', { status: String(status ?? ''), ms });
  return status === null ? t('hooks.no_answer', { why: error }) : t('hooks.refused', { status: String(status), ms });
}

/** When a try was made, which it was of its message, and when the next one comes. */
export function tryFacts({ at, attempt, nextAt }: WebhookTry, now = Date.now()): string {
  return [
    timeText(at, now),
    attempt > 1 ? t('hooks.attempt', { count: attempt }) : '',
    nextAt !== null && nextAt > now ? t('hooks.next', { time: timeText(nextAt, now) }) : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

/** The newest try of each message: sending again is offered there alone. */
export function newestOfEach(tries: readonly WebhookTry[]): ReadonlySet<WebhookTry> {
  const newest = new Map<string, WebhookTry>();
  for (const made of tries) if ((newest.get(made.messageId)?.at ?? 0) <= made.at) newest.set(made.messageId, made);
  return new Set(newest.values());
}

/** The body of a message with line breaks; as it is when it is no JSON. */
export function readableBody(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
