/** Both ends of the part log: finished parts of all renditions with the facts of their place on the timeline. */
export { type PartLogHead, PartLogReader } from './part-log-reader.ts';
export { FencedError, PART_LOG_SECONDS, PartLogWriter, type PartTitles, type UnreadTitles } from './part-log-writer.ts';
export type { PartLogEvent, PartLogMeta, PublishedPart, ResumeCursor, SourceSpan } from './published-part.ts';
