/** Live events and calls for pages: no framework; Socket.IO is fetched when a client is made. */
export type { DirectoryFeed, DirectoryFeedEvents } from './directory-feed.ts';
export type { GuestMemory } from './guest-memory.ts';
export type { HeartbeatFigures } from './heartbeat.ts';
export type { LiveNamespace } from './live-calls.ts';
export { LiveClient, type LiveClientOptions } from './live-client.ts';
export type { TokenSource } from './live-connection.ts';
export type { FeedState, LiveProblem, LiveState } from './live-state.ts';
export type { StationFeed, StationFeedEvents, StationFeedOptions } from './station-feed.ts';
