import { type AccountRole, type Actor, actorOf, type StationRole } from '@awaz/infra/contract';

/** Somebody who asks for something, as far as the token tells. */
export type Caller =
  /** `guest` is known on sockets only. */
  | { kind: 'guest'; guest?: { id: string; name: string } }
  /** `tokenExpiresAt`: of the access token it came with, ms since 1970. */
  | { kind: 'account'; account: { id: string; name: string; role: AccountRole }; tokenExpiresAt?: number }
  /** Speaks for the one station that the key belongs to. */
  | { kind: 'stream_key'; station: string; keyId: string };

/** Nobody in particular. */
export const GUEST: Caller = { kind: 'guest' };

/** What decides who may do what on a station. */
export type StationStanding = {
  slug: string;
  public: boolean;
  /** Account that owns it; undefined for one that belongs to nobody. */
  ownerId: string | undefined;
  /** What the account that was asked for is on it. */
  role: StationRole | undefined;
};

/** Where standings are looked up; the station store is one. */
export type StandingSource = {
  /** The station and what an account is on it; undefined when there is no such station. */
  standing(slug: string, accountId: string | undefined): Promise<StationStanding | undefined>;
};

/** The strongest actor that a caller is, towards a station or where none is concerned. */
export function actorOfCaller(caller: Caller, station?: StationStanding): Actor {
  if (caller.kind === 'stream_key') return station?.slug === caller.station ? 'stream_key' : 'guest';
  return actorOf({ account: caller.kind === 'account' ? caller.account : undefined, station });
}

/** When the access token of a caller expires, ms since 1970; undefined of those without one. */
export function tokenExpiryOf(caller: Caller): number | undefined {
  return caller.kind === 'account' ? caller.tokenExpiresAt : undefined;
}

/** Names a caller in limits, logs and keys: account, stream key, or the address of a guest. */
export function subjectOf(caller: Caller, address: string): string {
  if (caller.kind === 'account') return caller.account.id;
  return caller.kind === 'stream_key' ? `key:${caller.station}/${caller.keyId}` : `address:${address}`;
}

/** A token that came with a request or a connection, and where it came from. */
export type TokenClaim = {
  token: string;
  /** Station that is concerned, if one is: stream keys are good for their station only. */
  station: string | undefined;
  address: string;
  /** Ends the wait of a slowed-down guess. */
  signal: AbortSignal;
};
