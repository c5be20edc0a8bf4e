import { type AccountRoutesOptions, accountRoutes } from './accounts/index.ts';
import { type AdminRoutesOptions, adminRoutes } from './admin/index.ts';
import { type AuditLog, auditRoutes } from './audit/index.ts';
import type { ChatServices } from './chat/index.ts';
import { chatRoutes } from './chat-routes.ts';
import type { ProgrammeService } from './metadata/index.ts';
import { metadataRoutes } from './metadata-routes.ts';
import { moderationRoutes } from './moderation-routes.ts';
import type { Route } from './rest/index.ts';
import {
  keyRoutes,
  type OwnStationRoutesOptions,
  ownStationRoutes,
  type StationRoutesOptions,
  stationRoutes,
} from './stations/index.ts';

/** What all routes together need. */
export type RoutesOptions = AdminRoutesOptions &
  StationRoutesOptions &
  OwnStationRoutesOptions &
  AccountRoutesOptions & { audit: AuditLog; programmes: ProgrammeService; chats: ChatServices };

/** Every REST route of the server; also what the OpenAPI document holds. */
export function allRoutes(options: RoutesOptions): Route[] {
  return [
    ...accountRoutes(options),
    ...stationRoutes(options),
    ...ownStationRoutes(options),
    ...keyRoutes(options),
    ...metadataRoutes(options),
    ...chatRoutes(options),
    ...moderationRoutes(options),
    ...auditRoutes(options),
    ...adminRoutes(options),
  ];
}
