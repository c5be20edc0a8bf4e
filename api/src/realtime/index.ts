/** Live events of stations and of the directory, for sockets and event streams. */
export { type ClusterAdapter, createClusterAdapter } from './cluster-adapter.ts';
export type { LiveSources, StopWatch } from './live-sources.ts';
export { Realtime, type RealtimeOptions } from './realtime.ts';
export type { RealtimeLimits } from './realtime-limits.ts';
export { defineCall, type SocketCall } from './socket-calls.ts';
export type { LiveSocket, NamespaceName } from './socket-types.ts';
export { accessTo, type StationAccess } from './station-access.ts';
