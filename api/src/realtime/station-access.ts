import { type Actor, AwazError, mayDo } from '@awaz/infra/contract';
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

function unknownStation(): AwazError {
  return new AwazError('unknown_station', 'There is no station by this name.');
}
