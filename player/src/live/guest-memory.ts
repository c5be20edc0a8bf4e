/** Where a guest's sign is kept, so that the same guest comes back. */
export type GuestMemory = {
  /** The sign; undefined when there is none. */
  recall(): string | undefined;
  remember(sign: string): void;
};

const KEY = 'awaz-guest';

/** Keeps the sign in this browser where it allows that, else as long as the page lives. */
export function browserGuestMemory(): GuestMemory {
  let known: string | undefined;
  return {
    recall: () => known ?? stored(),
    remember: (sign) => {
      known = sign;
      try {
        localStorage.setItem(KEY, sign);
      } catch {
        // Storage is blocked: the guest is the same one until the page is left.
      }
    },
  };
}

function stored(): string | undefined {
  try {
    return localStorage.getItem(KEY) ?? undefined;
  } catch {
    return undefined;
  }
}
