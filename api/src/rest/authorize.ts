import { type Action, type Actor, AwazError, mayDo, SLUG_PATTERN } from '@awaz/infra/contract';
import { actorOfCaller, type Caller, type StandingSource, type StationStanding } from '../auth/index.ts';
import { concernsStation, type Route } from './route.ts';

/** What is known once a caller may go on. */
export type Granted = { actor: Actor; station: StationStanding | undefined };

/** Who calls a route, for which station. */
export type Knock = {
  caller: Caller;
  station: string | undefined;
  /** Whether a token that came along lets its holder listen to this private station. */
  holdsRight: (station: string) => Promise<boolean>;
};

/**
 * Decides whether a caller may call a route. Throws `unknown_station` (a private station is unknown to whoever may not
 * listen to it), `unauthenticated` when signing in could help, else `forbidden`.
 */
export async function authorize(
  route: Route,
  { caller, station: slug, holdsRight }: Knock,
  standings: StandingSource,
): Promise<Granted> {
  if (route.action === undefined) {
    if (route.access === 'account' && caller.kind !== 'account') throw signInFirst(caller);
    return { actor: actorOfCaller(caller), station: undefined };
  }
  const station = concernsStation(route) ? await standingOf(slug ?? '', caller, standings) : undefined;
  const actor = actorOfCaller(caller, station);
  if (station !== undefined && isHidden(station, actor) && !(await holdsRight(station.slug))) throw unknownStation();
  if (!mayDo(actor, route.action)) throw caller.kind === 'account' ? forbidden(route.action) : signInFirst(caller);
  return { actor, station };
}

async function standingOf(slug: string, caller: Caller, standings: StandingSource): Promise<StationStanding> {
  const accountId = caller.kind === 'account' ? caller.account.id : undefined;
  const station = SLUG_PATTERN.test(slug) ? await standings.standing(slug, accountId) : undefined;
  if (station === undefined) throw unknownStation();
  return station;
}

function isHidden(station: StationStanding, actor: Actor): boolean {
  return !station.public && actor !== 'stream_key' && !mayDo(actor, 'station.listen_private');
}

function unknownStation(): AwazError {
  return new AwazError('unknown_station', 'There is no station by this name.');
}

function signInFirst(caller: Caller): AwazError {
  return caller.kind === 'stream_key'
    ? new AwazError('forbidden', 'A stream key does not allow this. Sign in, and send the access token instead.')
    : new AwazError('unauthenticated', 'Sign in, and send the access token as Authorization: Bearer ….');
}

function forbidden(action: Action): AwazError {
  return new AwazError(
    'forbidden',
    `Your account may not do this here (${action}). Ask the owner or an administrator.`,
  );
}
