import { type Action, type Actor, AwazError, mayDo } from '@awaz/infra/contract';
import { actorOfCaller, type Caller, type StandingSource, type StationStanding } from '../auth/index.ts';
import type { ListenPasses } from './listen-passes.ts';

/** What somebody is towards a station that they may follow. */
export type StationAccess = { actor: Actor; standing: StationStanding };

/** Somebody at the door of a station: who it is, and the tokens that were shown beside. */
export type Visitor = { caller: Caller; passes?: Pick<ListenPasses, 'allow'> | undefined };

/**
 * Whether somebody may follow a station. Throws `unknown_station`: a private station is unknown to whoever may not
 * listen to it.
 */
export async function accessTo(
  station: string,
  { caller, passes }: Visitor,
  standings: StandingSource,
): Promise<StationAccess> {
  const standing = await standings.standing(station, caller.kind === 'account' ? caller.account.id : undefined);
  if (standing === undefined) throw unknownStation();
  const actor = actorOfCaller(caller, standing);
  const mayFollow = mayDo(actor, standing.public ? 'station.listen' : 'station.listen_private');
  if (!mayFollow && (standing.public || !(await passes?.allow(station)))) throw unknownStation();
  return { actor, standing };
}

/** Whether somebody may follow a station. Rejects when that cannot be told. */
export async function isOpenTo(visitor: Visitor, station: string, standings: StandingSource): Promise<boolean> {
  return (await actorTowards(station, visitor, standings)) !== undefined;
}

/** What somebody is on a station that he may follow; undefined when he may not. Rejects when that cannot be told. */
export async function actorTowards(
  station: string,
  visitor: Visitor,
  standings: StandingSource,
): Promise<Actor | undefined> {
  try {
    return (await accessTo(station, visitor, standings)).actor;
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
  who: Visitor & { station: string },
  standings: StandingSource,
): Promise<StationAccess> {
  const access = await accessTo(who.station, who, standings);
  if (mayDo(access.actor, action)) return access;
  if (who.caller.kind !== 'account') throw new AwazError('unauthenticated', 'Sign in first.');
  const message = `Your account may not do this here (${action}). Ask the owner or an administrator.`;
  throw new AwazError('forbidden', message);
}

function unknownStation(): AwazError {
  return new AwazError('unknown_station', 'There is no station by this name.');
}
