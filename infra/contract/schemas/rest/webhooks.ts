import { z } from 'zod';
import { WEBHOOK_EVENTS } from '../../webhooks.ts';

const url = z.url({ protocol: /^https?$/, error: 'is no http or https address' }).max(2000);
const events = z.array(z.enum(WEBHOOK_EVENTS)).min(1).max(20);

/** Body of `POST stations/{station}/webhooks`. */
export const newWebhookSchema = z.object({
  url: url.describe('Where messages are sent by POST; of the public internet'),
  events: events.describe('What is told; `silence` is reserved'),
});

/** Body of `PATCH stations/{station}/webhooks/{webhook}`; what is left out stays. */
export const changeWebhookSchema = z.object({
  url: url.optional(),
  events: events.optional(),
  enabled: z.boolean().optional().describe('Switches it off, or on again'),
});

/** A webhook as lists show it: everything but its secret. */
export const webhookSchema = z.object({
  id: z.string(),
  url: z.string(),
  events: z.array(z.enum(WEBHOOK_EVENTS)),
  createdAt: z.number().describe('Ms since 1970'),
  failingSince: z.number().nullable().describe('Since when nothing was taken'),
  disabledAt: z.number().nullable().describe('When it was switched off'),
  disabledReason: z.string().nullable(),
  previousSecretUntil: z.number().nullable().describe('Until when the secret before the last rotation signs too'),
});

/** Body of `POST stations/{station}/webhooks/{webhook}/secret`. */
export const rotateWebhookSchema = z.object({
  overlapMinutes: z
    .number()
    .int()
    .min(0)
    .max(7 * 24 * 60)
    .default(24 * 60)
    .describe('How long the old secret signs too, for receivers that do not know the new one yet'),
});

/** Answer of `POST stations/{station}/webhooks` and of `…/secret`. */
export const freshWebhookSchema = webhookSchema.extend({
  secret: z.string().describe('Told this once; checks the signatures (Standard Webhooks)'),
});

/** One try to send a message to a webhook. */
export const webhookTrySchema = z.object({
  messageId: z.string().describe('The header `webhook-id`; the same in every try'),
  type: z.enum([...WEBHOOK_EVENTS, 'test']),
  body: z.string().describe('What was sent'),
  attempt: z.number().int(),
  at: z.number().describe('Ms since 1970'),
  durationMs: z.number(),
  status: z.number().nullable().describe('Status of the answer; null when there was none'),
  error: z.string().nullable().describe('Null when the message was taken'),
  nextAt: z.number().nullable().describe('About when it is tried again; null when it is not'),
});
