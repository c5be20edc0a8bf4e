import {
  changeWebhookSchema,
  freshWebhookSchema,
  newWebhookSchema,
  rotateWebhookSchema,
  webhookSchema,
  webhookTrySchema,
} from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import { defineRoute, type Route } from '../rest/index.ts';
import type { KnownWebhook } from './webhook.ts';
import type { WebhookService } from './webhook-service.ts';

/** What the routes need. */
export type WebhookRoutesOptions = { webhooks: WebhookService; audit: AuditRecorder };

const COMMON = { tag: 'stations', action: 'station.webhooks' } as const;
const ALL = '/stations/:station/webhooks';
const ONE = '/stations/:station/webhooks/:webhook';

const id = z.string().max(40);
const params = z.object({ webhook: id });

/** Webhooks of a station, their log, and sending by hand: everything below `stations/{station}/webhooks`. */
export function webhookRoutes(options: WebhookRoutesOptions): Route[] {
  return [...keepingRoutes(options), ...changingRoutes(options), ...secretRoutes(options), ...sendingRoutes(options)];
}

function keepingRoutes({ webhooks, audit }: WebhookRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ ...COMMON, method: 'GET', path: ALL, summary: 'Webhooks of a station' },
      answer: z.object({ webhooks: z.array(webhookSchema) }),
      handler: async ({ station: { slug } }) => ({ webhooks: (await webhooks.list(slug)).map(webhookView) }),
    }),
    defineRoute({
      ...{ ...COMMON, method: 'POST', path: ALL, summary: 'Make a webhook', status: 201, idempotent: true },
      body: newWebhookSchema,
      answer: freshWebhookSchema,
      errors: ['limit_reached'],
      handler: async ({ station: { slug }, body, caller, address }) => {
        const made = await webhooks.add(slug, body);
        const after = webhookView(made);
        const by = auditedBy(caller, address);
        await audit.record({ ...by, action: 'webhook.made', station: slug, target: made.id, after });
        return { ...after, secret: made.secret };
      },
    }),
  ];
}

function changingRoutes({ webhooks, audit }: WebhookRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ ...COMMON, method: 'PATCH', path: ONE, summary: 'Change a webhook, or switch it off or on again' },
      ...{ params, body: changeWebhookSchema, answer: webhookSchema, errors: ['not_found'] },
      handler: async ({ station: { slug }, params: { webhook }, body, caller, address }) => {
        const after = webhookView(await webhooks.change(slug, webhook, body));
        const by = auditedBy(caller, address);
        await audit.record({ ...by, action: 'webhook.changed', station: slug, target: webhook, after });
        return after;
      },
    }),
    defineRoute({
      ...{ ...COMMON, method: 'DELETE', path: ONE, summary: 'Remove a webhook; what is on its way is not sent' },
      ...{ params, errors: ['not_found'] },
      handler: async ({ station: { slug }, params: { webhook }, caller, address }) => {
        await webhooks.remove(slug, webhook);
        const by = auditedBy(caller, address);
        await audit.record({ ...by, action: 'webhook.removed', station: slug, target: webhook });
      },
    }),
  ];
}

function secretRoutes({ webhooks, audit }: WebhookRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ ...COMMON, method: 'POST', path: `${ONE}/secret` },
      summary: 'Give a webhook another secret; both sign for a while',
      ...{ params, body: rotateWebhookSchema, answer: freshWebhookSchema, status: 201, errors: ['not_found'] },
      handler: async ({ station: { slug }, params: { webhook }, body, caller, address }) => {
        const rotated = await webhooks.rotate(slug, webhook, body.overlapMinutes * 60_000);
        const by = auditedBy(caller, address);
        await audit.record({ ...by, action: 'webhook.secret_rotated', station: slug, target: webhook });
        return { ...webhookView(rotated), secret: rotated.secret };
      },
    }),
  ];
}

function sendingRoutes({ webhooks }: WebhookRoutesOptions): Route[] {
  return [
    defineRoute({
      ...{ ...COMMON, method: 'POST', path: `${ONE}/test`, summary: 'Send a test message now, once' },
      ...{ params, answer: webhookTrySchema, errors: ['not_found'] },
      handler: ({ station: { slug }, params: { webhook } }) => webhooks.test(slug, webhook),
    }),
    defineRoute({
      ...{ ...COMMON, method: 'GET', path: `${ONE}/deliveries`, summary: 'The last tries to send, the newest first' },
      ...{ params, answer: z.object({ deliveries: z.array(webhookTrySchema) }), errors: ['not_found'] },
      handler: async ({ station: { slug }, params: { webhook } }) => ({
        deliveries: await webhooks.tries(slug, webhook),
      }),
    }),
    defineRoute({
      ...{ ...COMMON, method: 'POST', path: `${ONE}/deliveries/:message/redeliver` },
      summary: 'Send a message of the log again, under its own id',
      ...{ params: z.object({ webhook: id, message: z.string().max(100) }), errors: ['not_found'] },
      handler: ({ station: { slug }, params: { webhook, message } }) => webhooks.again(slug, webhook, message),
    }),
  ];
}

function webhookView({ id: webhookId, url, events, createdAt, ...state }: KnownWebhook) {
  return {
    ...{ id: webhookId, url, events, createdAt },
    failingSince: state.failingSince ?? null,
    disabledAt: state.disabledAt ?? null,
    disabledReason: state.disabledReason ?? null,
    previousSecretUntil: state.previous?.until ?? null,
  };
}
