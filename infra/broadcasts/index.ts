/** The life of broadcasts: who is on air, who publishes, who can carry them, when they ended. */
export {
  BroadcastRegistry,
  MEDIA_AFTER_END_MS,
  type OpenRequest,
  type OpenResult,
  PUBLISHER_LEASE_MS,
  publisherToken,
} from './broadcast-registry.ts';
export { announceListing } from './listing-news.ts';
export type { LiveRecord } from './live-record.ts';
export { TRANSCODER_BEAT_MS, TRANSCODER_LIFE_MS, type TranscoderBeat, TranscoderRoll } from './transcoder-roll.ts';
