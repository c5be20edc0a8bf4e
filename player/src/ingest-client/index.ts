/** The owner's side of ingest, for the studio page and the push command: no framework, any WebSocket. */
export { KEEP_ACKED_MS, MAX_UNACKED_MS } from './chunk-backlog.ts';
export type { IngestClientEvents, IngestProblem, IngestProgress, IngestState } from './client-events.ts';
export type { RecordedChunk } from './epoch-buffer.ts';
export { clientTime, IngestClient, type IngestClientOptions, type IngestSocket } from './ingest-client.ts';
export type { LostAudio } from './lost-audio.ts';
export type { UplinkVerdict } from './uplink-watch.ts';
