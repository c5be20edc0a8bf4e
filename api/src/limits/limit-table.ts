/** How much is allowed: `points` within `seconds`. */
export type Allowance = { points: number; seconds: number };

/** Limits of one thing that somebody may do: by who does it (account, guest, stream key) and by address. */
export type Limit = { subject?: Allowance; address?: Allowance };

const MINUTE = 60;
const HOUR = 3600;

/**
 * The one table of limits. Addresses get several times what one person gets: many may share one. A whole IPv6 /64 counts
 * as one address.
 */
export const LIMITS = {
  /** Any REST request that reads. */
  'rest:read': { address: { points: 1200, seconds: MINUTE } },
  /** Any REST request that changes something. */
  'rest:write': { subject: { points: 120, seconds: MINUTE }, address: { points: 600, seconds: MINUTE } },
  /** Wrong passwords. The subject is an address (email) together with where it is tried from. */
  'auth:sign-in': { subject: { points: 10, seconds: 15 * MINUTE }, address: { points: 60, seconds: 15 * MINUTE } },
  /** Wrong passwords for one account, from wherever. */
  'auth:account': { subject: { points: 100, seconds: HOUR } },
  /** New accounts. */
  'auth:register': { address: { points: 30, seconds: HOUR } },
  'auth:refresh': { address: { points: 300, seconds: MINUTE } },
  'auth:one-time': { address: { points: 20, seconds: 15 * MINUTE } },
  /** Changes of the own account, which ask for the password. */
  'auth:password': { subject: { points: 20, seconds: 15 * MINUTE }, address: { points: 120, seconds: 15 * MINUTE } },
  /** New sockets. */
  'socket:connect': { address: { points: 600, seconds: MINUTE } },
  /** Fresh tokens for open sockets. */
  'auth:renew': { subject: { points: 20, seconds: MINUTE }, address: { points: 600, seconds: MINUTE } },
  'directory:join': { subject: { points: 30, seconds: MINUTE }, address: { points: 1200, seconds: MINUTE } },
  'stream:join': { subject: { points: 60, seconds: MINUTE }, address: { points: 2400, seconds: MINUTE } },
  /** Leaving a station or the directory. */
  'stream:leave': { subject: { points: 120, seconds: MINUTE } },
  'stream:heartbeat': { subject: { points: 60, seconds: MINUTE } },
  'stream:metadata:set': { subject: { points: 60, seconds: MINUTE } },
  'stream:stop': { subject: { points: 20, seconds: MINUTE } },
  'chat:send': { subject: { points: 10, seconds: 10 }, address: { points: 60, seconds: 10 } },
  'chat:report': { subject: { points: 20, seconds: MINUTE }, address: { points: 60, seconds: MINUTE } },
  /** Deleting, muting, banning, settings. */
  'chat:moderate': { subject: { points: 120, seconds: MINUTE } },
} as const satisfies Record<string, Limit>;

/** Name of a limit; see {@link LIMITS}. */
export type LimitName = keyof typeof LIMITS;

/** What counts as one address: whoever has one of IPv6 has its whole /64. */
export function networkOf(address: string): string {
  const isMapped = address.startsWith('::ffff:') && address.includes('.');
  if (!address.includes(':') || isMapped) return address;
  const [head = '', tail] = address.split('::', 2);
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::`;
}
