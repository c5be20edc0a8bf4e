/** What a webhook may be told of. `silence` is kept for later: nothing tells it yet. */
export const WEBHOOK_EVENTS = ['live', 'ended', 'title', 'silence'] as const;

/** What a webhook may be told of: a station goes on air, a broadcast ends, another title plays, nothing is heard. */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
