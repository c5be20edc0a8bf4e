import type { AwazError, IngestErrorMessage, IngestServerMessage } from '@awaz/infra/contract';
import { isRetryable } from '@awaz/infra/contract';
import type { IngestTransport } from './ingest-metrics.ts';

/** What a session needs of the connection that carries it. */
export type IngestLink = {
  readonly transport: IngestTransport;
  /**
   * The client may publish, as far as can be told before any audio; where it is there, who is busy or full is looked at
   * before it is called.
   */
  accepted?(): void;
  /** Sends a message; does nothing when the connection is gone. */
  send(message: IngestServerMessage): void;
  /** Ends the connection with a close code. */
  close(code: number, reason: string): void;
  /** Stops reading. */
  pause(): void;
  /** Reads again. */
  resume(): void;
};

/** Close code of a connection that ended as it should (RFC 6455 7.4.1). */
export const NORMAL_CLOSE = 1000;

/** An error as it is told to the client. */
export function errorMessage(error: AwazError): IngestErrorMessage {
  const { code, message, retryAfterMs } = error;
  return {
    type: 'error',
    code,
    message,
    retryable: isRetryable(code),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}
