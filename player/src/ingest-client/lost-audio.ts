import type { Milliseconds } from '@awaz/infra/contract';
import { bytesOf, millisecondsOf, type RetainedChunk } from './epoch-buffer.ts';

/** Audio that was given up. */
export type LostAudio = {
  chunks: number;
  bytes: number;
  durationMs: Milliseconds;
  /** From the capture of its first sample to that of its last, ms since 1970 on this machine's clock. */
  from: Milliseconds;
  to: Milliseconds;
};

/** What is lost with these chunks, which are in order; undefined when there is none. */
export function lossOf(chunks: readonly RetainedChunk[]): LostAudio | undefined {
  const [first] = chunks;
  const last = chunks.at(-1);
  if (first === undefined || last === undefined) return undefined;
  return {
    chunks: chunks.length,
    bytes: bytesOf(chunks),
    durationMs: millisecondsOf(chunks),
    from: first.capturedAt - first.durationMs,
    to: last.capturedAt,
  };
}

/** Two losses told as one; the span reaches over both. */
export function joinLosses(one: LostAudio | undefined, other: LostAudio): LostAudio {
  if (one === undefined) return other;
  return {
    chunks: one.chunks + other.chunks,
    bytes: one.bytes + other.bytes,
    durationMs: one.durationMs + other.durationMs,
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
  };
}
