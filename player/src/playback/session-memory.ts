import { SESSION_PATTERN } from '@awaz/infra/contract';

const keyOf = (station: string) => `awaz-session:${station}`;

/** The listener session this tab used for a station, so that a reload of the page does not count twice. */
export function recallSession(station: string): string | undefined {
  try {
    const stored = sessionStorage.getItem(keyOf(station));
    return stored !== null && SESSION_PATTERN.test(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

/** Remembers a session for this tab, where the browser lets it. */
export function rememberSession(station: string, session: string): void {
  try {
    sessionStorage.setItem(keyOf(station), session);
  } catch {
    // Storage is blocked: the session holds until the page is left.
  }
}
