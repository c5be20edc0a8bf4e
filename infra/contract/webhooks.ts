/** What a webhook may be told of. */
export const WEBHOOK_EVENTS = ['live', 'ended', 'title', 'silence'] as const;

/**
 * What a webhook may be told of: a station goes on air, a broadcast ends, another title plays, nothing is heard for 15 s,
 * for 60 s, or something is again.
 */
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
