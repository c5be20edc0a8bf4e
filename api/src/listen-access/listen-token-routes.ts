import { privateMultivariantPath } from '@awaz/infra/contract';
import { freshListenTokenSchema, listenTokenSchema, newListenTokenSchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import { defineRoute, type Route } from '../rest/index.ts';
import type { ListenTokenRecord } from './listen-token.ts';
import type { ListenTokens } from './listen-tokens.ts';

/** What the routes need. */
export type ListenTokenRoutesOptions = { listenTokens: ListenTokens; audit: AuditRecorder };

/** `GET|POST stations/{station}/listen-tokens` and `DELETE stations/{station}/listen-tokens/{token}`. */
export function listenTokenRoutes({ listenTokens, audit }: ListenTokenRoutesOptions): Route[] {
  const common = { tag: 'stations', action: 'station.listen_tokens' } as const;
  const path = '/stations/:station/listen-tokens';
  return [
    defineRoute({
      ...{ ...common, method: 'GET', path, summary: 'Listen tokens of a private station' },
      answer: z.object({ tokens: z.array(listenTokenSchema) }),
      handler: async ({ station }) => ({ tokens: (await listenTokens.list(station.slug)).map(tokenView) }),
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path, summary: 'Make a listen token: an address that plays a private station' },
      ...{ status: 201, idempotent: true },
      body: newListenTokenSchema,
      answer: freshListenTokenSchema,
      errors: ['limit_reached'],
      handler: async ({ station: { slug }, body, caller, address }) => {
        const lifeMs = body.expiresInSeconds === undefined ? undefined : body.expiresInSeconds * 1000;
        const { token, record } = await listenTokens.add(slug, { label: body.label, lifeMs });
        const { id: target, label } = record;
        const by = auditedBy(caller, address);
        await audit.record({ ...by, action: 'listen_token.made', station: slug, target, after: { label } });
        return { ...tokenView(record), token, url: privateMultivariantPath(slug, token) };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'DELETE', path: '/stations/:station/listen-tokens/:token' },
      summary: 'Revoke a listen token; who listens by it is cut off',
      params: z.object({ token: z.string().max(40).describe('Id of the token') }),
      errors: ['not_found'],
      handler: async ({ station: { slug }, params: { token: target }, caller, address }) => {
        await listenTokens.revoke(slug, target);
        await audit.record({ ...auditedBy(caller, address), action: 'listen_token.revoked', station: slug, target });
      },
    }),
  ];
}

function tokenView({ id, label, createdAt, expiresAt, lastUsedAt }: ListenTokenRecord) {
  return { id, label, createdAt, expiresAt: expiresAt ?? null, lastUsedAt: lastUsedAt ?? null };
}
