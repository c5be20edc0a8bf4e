import { type AccountRoutesOptions, accountRoutes } from './accounts/index.ts';
import { type AdminRoutesOptions, adminRoutes } from './admin/index.ts';
import { type AuditLog, auditRoutes } from './audit/index.ts';
import type { Route } from './rest/index.ts';
import { type StationRoutesOptions, stationRoutes } from './stations/index.ts';

/** What all routes together need. */
export type RoutesOptions = AdminRoutesOptions & StationRoutesOptions & AccountRoutesOptions & { audit: AuditLog };

/** Every REST route of the server; also what the OpenAPI document holds. */
export function allRoutes(options: RoutesOptions): Route[] {
  return [...accountRoutes(options), ...stationRoutes(options), ...auditRoutes(options), ...adminRoutes(options)];
}
