import { freshKeySchema, newKeySchema, rotateKeySchema, streamKeySchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import { type AuditRecorder, auditedBy } from '../audit/index.ts';
import type { StreamKeyRecord } from '../auth/index.ts';
import { defineRoute, type Route } from '../rest/index.ts';
import type { StationStore } from './station-store.ts';

/** `GET|POST stations/{station}/keys`, `DELETE stations/{station}/keys/{key}` and `POST …/{key}/rotate`. */
export function keyRoutes({ stations, audit }: { stations: StationStore; audit: AuditRecorder }): Route[] {
  const common = { tag: 'stations', action: 'station.keys' } as const;
  return [
    defineRoute({
      ...{ ...common, method: 'GET', path: '/stations/:station/keys', summary: 'Stream keys, revoked ones too' },
      answer: z.object({ keys: z.array(streamKeySchema) }),
      handler: async ({ station }) => ({ keys: ((await stations.streamKeys(station.slug)) ?? []).map(keyView) }),
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path: '/stations/:station/keys', summary: 'Make a stream key' },
      ...{ status: 201, idempotent: true },
      body: newKeySchema,
      answer: freshKeySchema,
      handler: async ({ station: { slug }, body, caller, address }) => {
        const { key, record } = await stations.addKey(slug, body.label);
        const by = auditedBy(caller, address);
        await audit.record({
          ...by,
          action: 'key.made',
          station: slug,
          target: record.id,
          after: { label: record.label },
        });
        return { ...keyView(record), key };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path: '/stations/:station/keys/:key/rotate', status: 201, idempotent: true },
      summary: 'Make a key in the place of another one, which stays good for a while',
      params: z.object({ key: z.string().max(40) }),
      body: rotateKeySchema,
      answer: freshKeySchema,
      errors: ['not_found'],
      handler: async ({ station: { slug }, params, body, caller, address }) => {
        const { overlapMinutes } = body;
        const { key, record } = await stations.rotateKey(slug, params.key, overlapMinutes * 60_000);
        const by = auditedBy(caller, address);
        const after = { replacedBy: record.id, overlapMinutes };
        await audit.record({ ...by, action: 'key.rotated', station: slug, target: params.key, after });
        return { ...keyView(record), key };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'DELETE', path: '/stations/:station/keys/:key' },
      summary: 'Revoke a stream key; who publishes with it is cut off',
      params: z.object({ key: z.string().max(40) }),
      errors: ['not_found'],
      handler: async ({ station: { slug }, params, caller, address }) => {
        await stations.revokeKey(slug, params.key);
        await audit.record({ ...auditedBy(caller, address), action: 'key.revoked', station: slug, target: params.key });
      },
    }),
  ];
}

function keyView({ id, label, createdAt, lastUsedAt, revokedAt }: StreamKeyRecord) {
  return { id, label, createdAt, lastUsedAt: lastUsedAt ?? null, revokedAt: revokedAt ?? null };
}
