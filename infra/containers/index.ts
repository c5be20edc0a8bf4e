/**
 * Follows pushed container streams: what to feed to a decoder, how many samples it makes of that, where other streams begin
 * and where a decoder could begin anew. Pure: bytes in, facts out.
 */
export type { ContainerScanner, Continuation, DecoderInput, RestartPoint, ScanReport } from './container-scanner.ts';
export { createScanner } from './create-scanner.ts';
export { looksLikeNewStream, looksLikeStart } from './stream-start.ts';
export { MAX_TAG_BYTES, TagReader } from './stream-tags.ts';
export type { StreamTags } from './tag-outcome.ts';
