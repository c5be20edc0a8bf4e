import { type AccountRoutesOptions, accountRoutes } from './accounts/index.ts';
import { type AdminRoutesOptions, adminRoutes } from './admin/index.ts';
import { type ArtworkRoutesOptions, artworkRoutes } from './artwork/index.ts';
import { type AuditLog, auditRoutes } from './audit/index.ts';
import type { ChatServices } from './chat/index.ts';
import { chatRoutes } from './chat-routes.ts';
import { type ListenTokenRoutesOptions, listenTokenRoutes } from './listen-access/index.ts';
import type { ProgrammeService } from './metadata/index.ts';
import { metadataRoutes } from './metadata-routes.ts';
import { moderationRoutes } from './moderation-routes.ts';
import type { StreamQualities } from './quality/index.ts';
import { qualityRoutes } from './quality-routes.ts';
import { type RecordingRoutesOptions, recordingRoutes } from './recordings/index.ts';
import type { Route } from './rest/index.ts';
import {
  keyRoutes,
  type OwnStationRoutesOptions,
  ownStationRoutes,
  type PeopleRoutesOptions,
  peopleRoutes,
  type RoleRoutesOptions,
  roleRoutes,
  type StationRoutesOptions,
  stationRoutes,
} from './stations/index.ts';
import { type WebhookRoutesOptions, webhookRoutes } from './webhooks/index.ts';

/** What all routes together need. */
export type RoutesOptions = AdminRoutesOptions &
  StationRoutesOptions &
  OwnStationRoutesOptions &
  PeopleRoutesOptions &
  RoleRoutesOptions &
  ArtworkRoutesOptions &
  ListenTokenRoutesOptions &
  WebhookRoutesOptions &
  RecordingRoutesOptions &
  AccountRoutesOptions & {
    audit: AuditLog;
    programmes: ProgrammeService;
    chats: ChatServices;
    qualities: StreamQualities;
  };

/** Every REST route of the server; also what the OpenAPI document holds. */
export function allRoutes(options: RoutesOptions): Route[] {
  return [
    ...accountRoutes(options),
    ...stationRoutes(options),
    ...ownStationRoutes(options),
    ...keyRoutes(options),
    ...peopleRoutes(options),
    ...roleRoutes(options),
    ...artworkRoutes(options),
    ...listenTokenRoutes(options),
    ...webhookRoutes(options),
    ...recordingRoutes(options),
    ...metadataRoutes(options),
    ...chatRoutes(options),
    ...moderationRoutes(options),
    ...qualityRoutes(options),
    ...auditRoutes(options),
    ...adminRoutes(options),
  ];
}
