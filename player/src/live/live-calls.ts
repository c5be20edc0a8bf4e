import type { Acknowledgement, AdminCalls, ClientCalls, SocketError, StudioCalls } from '@awaz/infra/contract';

/** What may be called in a namespace: name to body and answer. */
export type CallTable = { [Name in string]: { body: object; answer: object } };

/** Calls by namespace. */
export type CallsOf = { '/': ClientCalls; '/studio': StudioCalls; '/admin': AdminCalls };

/** Name of a namespace. */
export type LiveNamespace = keyof CallsOf;

/** Calls without types, as feeds make them. */
export type Caller = (name: string, body: object) => Promise<Acknowledgement<Record<string, unknown>>>;

/** An answer that says what went wrong on this side. */
export function notDone(message: string): { ok: false; error: SocketError } {
  return { ok: false, error: { code: 'unavailable', message } };
}
