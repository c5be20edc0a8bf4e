import { auditEntrySchema, pageQuerySchema, pageSchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import { decodeCursor, defineRoute, encodeCursor, type Route } from '../rest/index.ts';
import type { AuditLog } from './audit-log.ts';

/** `GET admin/audit` and `GET stations/{station}/audit`. */
export function auditRoutes({ audit }: { audit: AuditLog }): Route[] {
  const page = async (query: z.output<typeof pageQuerySchema>, station?: string) => {
    const before = decodeCursor(query.cursor, z.string());
    const items = await audit.list({ station, before, limit: query.limit });
    const last = items.length < query.limit ? undefined : items.at(-1);
    return { items, next: last === undefined ? null : encodeCursor(last.id) };
  };
  const common = { query: pageQuerySchema, answer: pageSchema(auditEntrySchema) };
  return [
    defineRoute({
      ...{ method: 'GET', path: '/admin/audit', tag: 'admin', action: 'audit.read' },
      summary: 'What owners, moderators and administrators did, the newest first',
      ...common,
      handler: ({ query }) => page(query),
    }),
    defineRoute({
      ...{ method: 'GET', path: '/stations/:station/audit', tag: 'stations', action: 'audit.read_station' },
      summary: 'What was done on a station, the newest first',
      ...common,
      handler: ({ query, station }) => page(query, station.slug),
    }),
  ];
}
