import { randomBytes } from 'node:crypto';
import { SESSION_PATTERN } from '@awaz/infra/contract';

/** A new listener session: `~` and 128 random bits. */
export function newSession(): string {
  return `~${randomBytes(16).toString('base64url')}`;
}

/** The session that a query continues by `session=`; a new one when there is none or it is malformed. */
export function sessionOf(query: string): string {
  const asked = query === '' ? null : new URLSearchParams(query).get('session');
  return asked !== null && SESSION_PATTERN.test(asked) ? asked : newSession();
}
