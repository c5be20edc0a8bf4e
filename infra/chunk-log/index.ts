/** Both ends of the chunk log: container bytes as owners sent them, ordered and acknowledged once stored. */
export {
  type AppendResult,
  appendEnd,
  type ChunkAppend,
  type ChunkLogEntry,
  ChunkLogWriter,
  type ClientNumbering,
  type IngestPosition,
  MAX_CHUNK_LOG_ENTRIES,
} from './chunk-log.ts';
export { ChunkLogReader } from './chunk-log-reader.ts';
