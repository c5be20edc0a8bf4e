/**
 * The one table of error codes. `status` is the HTTP status where the error leaves by HTTP; `close` the WebSocket close
 * code (4000-4499: connect again, 4500-4999: do not). `retryable` follows from the close code and tells every transport
 * the same.
 */
export const ERROR_TABLE = {
  unknown_station: { status: 404, close: 4500, title: 'There is no such station' },
  bad_key: { status: 401, close: 4501, title: 'The stream key is not valid for this station' },
  key_revoked: { status: 401, close: 4502, title: 'The stream key was revoked' },
  unsupported_format: { status: 415, close: 4503, title: 'The audio format is not supported' },
  bad_media: { status: 422, close: 4504, title: 'The bytes are not audio of the announced format' },
  bad_message: { status: 400, close: 4505, title: 'The message breaks the protocol' },
  chunk_too_large: { status: 413, close: 4506, title: 'A chunk may have at most 1 MiB' },
  too_fast: { status: 429, close: 4507, title: 'Audio arrives faster than 4 times real time' },
  hello_timeout: { status: 408, close: 4508, title: 'No hello and no audio within 10 s' },
  resume_refused: { status: 409, close: 4509, title: 'The broadcast cannot be resumed' },
  station_busy: { status: 409, close: 4000, title: 'Another publisher is on air' },
  replaced: { status: 409, close: 4510, title: 'Another publisher took over' },
  server_full: { status: 503, close: 4001, title: 'The server carries as much as it can' },
  stopped_by_admin: { status: 403, close: 4511, title: 'An administrator ended the broadcast' },
  server_going_down: { status: 503, close: 4002, title: 'This server is going down; connect again' },
  internal: { status: 500, close: 4003, title: 'Something broke on the server' },
  not_found: { status: 404, close: 4512, title: 'There is nothing at this address' },
  off_air: { status: 404, close: 4004, title: 'The station is off air' },
  station_exists: { status: 409, close: 4515, title: 'There is a station with this name already' },
  bad_request: { status: 400, close: 4513, title: 'The request is not valid' },
  method_not_allowed: { status: 405, close: 4514, title: 'This method is not allowed here' },
  hold_expired: { status: 503, close: 4005, title: 'What was waited for has not been published' },
  overloaded: { status: 503, close: 4006, title: 'This server holds as many requests as it can' },
  unavailable: { status: 503, close: 4007, title: 'A part of the system does not answer; try again' },
  unauthenticated: { status: 401, close: 4520, title: 'Sign in first' },
  token_expired: { status: 401, close: 4008, title: 'The access token has expired' },
  bad_credentials: { status: 401, close: 4521, title: 'Address or password is not right' },
  refresh_refused: { status: 401, close: 4522, title: 'The sign-in has ended' },
  forbidden: { status: 403, close: 4523, title: 'This is not allowed for you' },
  email_taken: { status: 409, close: 4524, title: 'There is an account with this address already' },
  conflict: { status: 409, close: 4525, title: 'It has been changed in the meantime' },
  limit_reached: { status: 409, close: 4526, title: 'There are as many as there may be' },
  payload_too_large: { status: 413, close: 4527, title: 'The request is too large' },
  unsupported_media_type: { status: 415, close: 4528, title: 'The body is not of a type that is taken here' },
  rate_limited: { status: 429, close: 4009, title: 'Too many requests' },
  slow_mode: { status: 429, close: 4010, title: 'The chat is in slow mode' },
  muted: { status: 403, close: 4529, title: 'You are muted in this chat' },
  banned: { status: 403, close: 4530, title: 'You are banned from this chat' },
  chat_closed: { status: 403, close: 4531, title: 'This chat is not open to you' },
  message_refused: { status: 422, close: 4532, title: 'The message breaks a rule of this chat' },
  too_slow: { status: 503, close: 4011, title: 'The connection is too slow for what is sent' },
} as const satisfies Record<string, { status: number; close: number; title: string }>;

/** A stable error code; see {@link ERROR_TABLE}. */
export type ErrorCode = keyof typeof ERROR_TABLE;

/** Whether a client that got this code may try the same again. */
export function isRetryable(code: ErrorCode): boolean {
  return ERROR_TABLE[code].close < 4500;
}

/** Facts beside the message of an {@link AwazError}. */
export type AwazErrorOptions = { cause?: unknown; retryAfterMs?: number; facts?: Record<string, unknown> };

/** An error that may be shown to whoever caused it: a stable code, and what happened, to what, what to do. */
export class AwazError extends Error {
  /** Stable code from {@link ERROR_TABLE}. */
  readonly code: ErrorCode;
  /** When trying again makes sense, in ms from now. */
  readonly retryAfterMs: number | undefined;
  /** Facts for logs. */
  readonly facts: Record<string, unknown>;

  constructor(code: ErrorCode, message: string = ERROR_TABLE[code].title, options: AwazErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AwazError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs;
    this.facts = options.facts ?? {};
  }
}
