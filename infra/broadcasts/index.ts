/** The life of broadcasts: who is on air, who publishes, when it ended. */
export {
  BroadcastRegistry,
  MEDIA_AFTER_END_MS,
  type OpenRequest,
  type OpenResult,
  PUBLISHER_LEASE_MS,
  publisherToken,
} from './broadcast-registry.ts';
export type { LiveRecord } from './live-record.ts';
