import { type Action, type Actor, AwazError, mayDo } from '@awaz/infra/contract';
import { actorOfCaller, type Caller, type StandingSource, type StationStanding } from '../auth/index.ts';

/** What somebody is towards a station that they may follow. */
export type StationAccess = { actor: Actor; standing: StationStanding };

/**
 * Whether somebody may follow a station. Throws `unknown_station`: a private station is unknown to whoever may not
 * listen to it.
 */
export async function accessTo(station: string, caller: Caller, standings: StandingSource): Promise<StationAccess> {
  const standing = await standings.standing(station, caller.kind === 'account' ? caller.account.id : undefined);
  if (standing === undefined) throw unknownStation();
  const actor = actorOfCaller(caller, standing);
  if (!mayDo(actor, standing.public ? 'station.listen' : 'station.listen_private')) throw unknownStation();
  return { actor, standing };
}

/** Whether somebody may follow a station. Rejects when that cannot be told. */
export async function isOpenTo(caller: Caller, station: string, standings: StandingSource): Promise<boolean> {
  return (await actorTowards(station, caller, standings)) !== undefined;
}

/** What somebody is on a station that he may follow; undefined when he may not. Rejects when that cannot be told. */
export async function actorTowards(
  station: string,
  caller: Caller,
  standings: StandingSource,
): Promise<Actor | undefined> {
  try {
    return (await accessTo(station, caller, standings)).actor;
  } catch (error) {
    if (error instanceof AwazError && error.code === 'unknown_station') return undefined;
    throw error;
  }
}

/**
 * Whether somebody may do something on a station. Throws `unknown_station` like {@link accessTo}, `unauthenticated` when
 * signing in could help, else `forbidden`.
 */
export async function accessFor(
  action: Action,
  who: { station: string; caller: Caller },
  standings: StandingSource,
): Promise<StationAccess> {
  const access = await accessTo(who.station, who.caller, standings);
  if (mayDo(access.actor, action)) return access;
  if (who.caller.kind !== 'account') throw new AwazError('unauthenticated', 'Sign in first.');
  const message = `Your account may not do this here (${action}). Ask the owner or an administrator.`;
  throw new AwazError('forbidden', message);
}

function unknownStation(): AwazError {
  return new AwazError('unknown_station', 'There is no station by this name.');
}
