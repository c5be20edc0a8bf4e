import { SESSION_PATTERN } from '@awaz/infra/contract';

/** Random bytes of a session: 22 characters of base64url. */
const SESSION_BYTES = 16;

const keyOf = (station: string) => `awaz-session:${station}`;

function recallSession(station: string): string | undefined {
  try {
    const stored = sessionStorage.getItem(keyOf(station));
    return stored !== null && SESSION_PATTERN.test(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The listener session of this tab for a station, a new one when there is none yet. It is there before anything is asked
 * for, so that reloads, engines and pages that never see the playlist count once.
 */
export function sessionOf(station: string): string {
  const known = recallSession(station);
  if (known !== undefined) return known;
  const session = newSession();
  rememberSession(station, session);
  return session;
}

function newSession(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(SESSION_BYTES));
  const text = btoa(String.fromCharCode(...bytes));
  return `~${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
}

/** Remembers a session for this tab, where the browser lets it. */
export function rememberSession(station: string, session: string): void {
  try {
    sessionStorage.setItem(keyOf(station), session);
  } catch {
    // Storage is blocked: the session holds until the page is left.
  }
}
