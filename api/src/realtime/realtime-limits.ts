import type { Milliseconds } from '@awaz/infra/contract';

/** Most topics that one socket follows. */
export const MAX_TOPICS_PER_SOCKET = 50;

/** What live events allow and how often they look, for one process. */
export type RealtimeLimits = {
  /** Sockets of listeners; owners and administrators may be a few more. */
  sockets: number;
  /** Sockets of one address; an IPv6 /64 counts as one. */
  socketsPerAddress: number;
  /** Bytes that may wait for a socket beside what is being sent; one that is further behind is dropped. */
  waitingBytes: number;
  /** Bytes of a message of a client outside of `/studio`, where audio comes in. */
  messageBytes: number;
  /** Events of one socket each second, in the long run, and at once. */
  callsPerSecond: number;
  callBurst: number;
  /** How long a socket keeps the rights of its account after its access token expired. */
  expiryGraceMs: Milliseconds;
  /** How often expired tokens are looked for. */
  expiryLookMs: Milliseconds;
  /** How often it is looked whether those who follow a station still may, beside whenever it changes. */
  accessLookMs: Milliseconds;
};

/** What holds where nothing else is said. */
export const REALTIME_LIMITS: RealtimeLimits = {
  sockets: 20_000,
  socketsPerAddress: 1000,
  waitingBytes: 256 * 1024,
  messageBytes: 64 * 1024,
  callsPerSecond: 50,
  callBurst: 200,
  expiryGraceMs: 30_000,
  expiryLookMs: 10_000,
  accessLookMs: 30_000,
};
