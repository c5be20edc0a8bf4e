const STORAGE_KEY = 'awaz-signed-in';

/** Whether somebody signed in with this browser and did not sign out: whether it makes sense to ask the server. */
export function hasSessionMark(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== null;
  } catch {
    return true; // nothing is known, so the server is asked
  }
}

/** Notes whether somebody is signed in. It is no right of any kind; the right is in a cookie that no script reads. */
export function setSessionMark(isSignedIn: boolean): void {
  try {
    if (isSignedIn) localStorage.setItem(STORAGE_KEY, 'yes');
    else localStorage.removeItem(STORAGE_KEY);
  } catch {
    // Storage is blocked: pages ask the server each time.
  }
}
