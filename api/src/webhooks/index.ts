/** Webhooks: other people's servers are told when a station goes live, ends, or changes its title. */
export { type WebhookRoutesOptions, webhookRoutes } from './webhook-routes.ts';
export { WebhookService, type WebhookServiceOptions } from './webhook-service.ts';
