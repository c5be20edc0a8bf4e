import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';

/** What Socket.IO tells beside the reason of a disconnect. */
export type CloseDetails = { context?: unknown } | Error | undefined;

/** The error that a server names by the close code of the WebSocket; undefined when it names none of ours. */
export function codeOfClose(details: CloseDetails): ErrorCode | undefined {
  const { code } = ((details as { context?: unknown })?.context ?? {}) as { code?: unknown };
  const codes = Object.keys(ERROR_TABLE) as ErrorCode[];
  return codes.find((each) => ERROR_TABLE[each].close === code);
}
