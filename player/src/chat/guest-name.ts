const STORAGE_KEY = 'awaz-guest-name';

/** The name under which a guest writes, as this browser remembers it; empty when there is none. */
export function recallGuestName(): string {
  try {
    return localStorage.getItem(STORAGE_KEY) ?? '';
  } catch {
    return '';
  }
}

/** Remembers a guest's name, where this browser may remember. */
export function rememberGuestName(name: string): void {
  try {
    localStorage.setItem(STORAGE_KEY, name);
  } catch {
    // Storage is blocked: the name holds until the page is left.
  }
}
