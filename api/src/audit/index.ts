/** What owners, moderators and administrators did. */
export {
  AuditLog,
  type AuditLogOptions,
  type AuditRecord,
  type AuditRecorder,
  auditedBy,
  MAX_AUDIT_ENTRIES,
  MAX_STATION_AUDIT_ENTRIES,
} from './audit-log.ts';
export { auditRoutes } from './audit-routes.ts';
