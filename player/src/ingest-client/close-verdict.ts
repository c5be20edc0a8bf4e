import { ERROR_TABLE, type ErrorCode, type IngestErrorMessage, isRetryable } from '@awaz/infra/contract';

/** Why a connection ended, and whether connecting again can help. */
export type Verdict = {
  /** From the error table; undefined when the network or a machine between gave no reason. */
  code: ErrorCode | undefined;
  /** What happened, and what to do. */
  message: string;
  retryable: boolean;
  /** Least wait before the next attempt, in ms. */
  retryAfterMs: number;
};

/** Close codes of RFC 6455 7.4.1 with which the peer says that this client broke the protocol. */
const PROTOCOL_CLOSE_CODES = new Set([1002, 1003, 1007, 1008, 1009, 1010]);

/** Reads the server's error message. */
export function verdictOfError(message: IngestErrorMessage): Verdict {
  const known = Object.hasOwn(ERROR_TABLE, message.code);
  return {
    code: known ? message.code : undefined,
    message: message.message,
    retryable: message.retryable,
    retryAfterMs: message.retryAfterMs ?? 0,
  };
}

/** Judges a close without an error message before it. 4000-4499 and network failures are worth another attempt. */
export function verdictOfClose(close: { code: number; reason: string }): Verdict {
  const code = codeOfClose(close.code);
  if (code !== undefined) {
    return { code, message: close.reason || ERROR_TABLE[code].title, retryable: isRetryable(code), retryAfterMs: 0 };
  }
  const retryable = close.code < 4000 ? !PROTOCOL_CLOSE_CODES.has(close.code) : close.code < 4500;
  return { code: undefined, message: describe(close), retryable, retryAfterMs: 0 };
}

/** 1006 never travels: it says that the connection went without a close frame (RFC 6455 7.1.5). */
function describe({ code, reason }: { code: number; reason: string }): string {
  if (code !== 1006) return `The server closed the connection (close code ${code}${reason && `: ${reason}`}).`;
  return `The server cannot be reached, or the connection was cut${reason && ` (${reason})`}.`;
}

function codeOfClose(close: number): ErrorCode | undefined {
  const entry = Object.entries(ERROR_TABLE).find(([, row]) => row.close === close);
  return entry?.[0] as ErrorCode | undefined;
}
