import { randomBytes } from 'node:crypto';
import { SESSION_PATTERN } from '@awaz/infra/contract';
import type { StationPlace } from './origin-path.ts';

/** A new listener session: `~` and 128 random bits. */
export function newSession(): string {
  return `~${randomBytes(16).toString('base64url')}`;
}

/** The session that a query wants to continue by `session=`; undefined when there is none or it is malformed. */
export function askedSession(query: string): string | undefined {
  const asked = query === '' ? null : new URLSearchParams(query).get('session');
  return asked !== null && SESSION_PATTERN.test(asked) ? asked : undefined;
}

/** The session of a request for a station: what was opened for it, what its query continues, or a new one. */
export function sessionOf({ session, query }: StationPlace): string {
  return session ?? askedSession(query) ?? newSession();
}
