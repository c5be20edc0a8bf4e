import type { RequestFields } from '../http/fast-lane/request-fields.ts';
import type { Answer } from './answer.ts';
import type { RequestClass } from './origin-metrics.ts';
import type { ResponseSink } from './progressive/response-sink.ts';

/** One request below `/live/` and the way to answer it, whatever carries it. */
export type Exchange = {
  readonly method: string;
  /** Path and query as they were sent. */
  readonly target: string;
  readonly fields: RequestFields;
  /** When it came, on `performance.now()`'s clock. */
  readonly startedAt: number;
  /** Whether its client has left. */
  readonly gone: boolean;
  /** What it is counted as. */
  requestClass: RequestClass;
  /** Whether it has been held. */
  wasHeld: boolean;
  /** Whether the answer is for its client alone, because the station is private. */
  isPrivate: boolean;
  /** Calls `listener` (in place of one that was given before) when the client leaves before a whole answer was sent. */
  whenGone(listener: () => void): void;
  /** Sends a whole answer; `close`: the connection ends with it. Without effect when one was sent, or the client is gone. */
  send(answer: Answer, close: boolean): void;
  /** Sends the header block of an answer without a known length; on HTTP/1 the end of the connection is its end. */
  begin(headers: Record<string, string>): ResponseSink;
};
