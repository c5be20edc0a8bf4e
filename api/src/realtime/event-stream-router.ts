import { AwazError, mayDo, SLUG_PATTERN } from '@awaz/infra/contract';
import { DIRECTORY_TOPIC } from '@awaz/infra/redis';
import type { Context } from 'koa';
import Router from 'koa-router';
import {
  type Authenticator,
  bearerToken,
  type Caller,
  clientAddress,
  GUEST,
  type StandingSource,
  subjectOf,
  tokenExpiryOf,
} from '../auth/index.ts';
import type { RateLimitTaker } from '../limits/index.ts';
import { REST_PREFIX } from '../rest/index.ts';
import type { EventReader, EventStreams } from './event-streams.ts';
import { type GrantSource, passesOf } from './listen-passes.ts';
import { asAwazError } from './live-errors.ts';
import { accessTo, isOpenTo } from './station-access.ts';

/** What the routes need. */
export type EventStreamRouterOptions = {
  streams: EventStreams;
  standings: StandingSource;
  callers: Pick<Authenticator, 'identify'>;
  grants: GrantSource;
  limits: RateLimitTaker;
  trustProxy: boolean;
};

/**
 * `GET stations/{station}/events` and `GET events` (the directory): events as `text/event-stream`. A `Last-Event-ID`
 * header, or `?since=` on the first connection, brings what was missed; `?token=` opens a private station as it does for
 * `index.m3u8`.
 */
export function eventStreamRouter(options: EventStreamRouterOptions): Router {
  const router = new Router({ prefix: REST_PREFIX });
  router.get('/events', async (context) => {
    const { address } = await identify(context, undefined, options);
    await serve(context, { topic: DIRECTORY_TOPIC, address, isStaff: false }, options);
  });
  router.get('/stations/:station/events', async (context) => {
    const station = String(context.params.station);
    if (!SLUG_PATTERN.test(station)) throw new AwazError('unknown_station', 'There is no station by this name.');
    const { caller, address } = await identify(context, station, options);
    const passes = await passesOf(options.grants, { station, token: textOf(context.query.token) });
    const visitor = { caller, passes };
    const { actor } = await accessTo(station, visitor, options.standings);
    const reader = { topic: station, address, isStaff: mayDo(actor, 'quality.read') };
    const mayStay = () => isOpenTo(visitor, station, options.standings);
    await serve(context, { ...reader, mayStay, until: tokenExpiryOf(caller) }, options);
  });
  return router;
}

/** A query parameter that came once and is not empty. */
function textOf(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function identify(
  context: Context,
  station: string | undefined,
  { callers, limits, trustProxy }: EventStreamRouterOptions,
): Promise<{ caller: Caller; address: string }> {
  const address = clientAddress(context.req, trustProxy);
  const token = bearerToken(context.get('Authorization'));
  const gone = new AbortController();
  context.res.once('close', () => gone.abort());
  const caller = token === undefined ? GUEST : await callers.identify({ token, station, address, signal: gone.signal });
  await limits.take('rest:read', subjectOf(caller, address), address);
  return { caller, address };
}

async function serve(
  context: Context,
  reader: Omit<EventReader, 'since'>,
  { streams }: EventStreamRouterOptions,
): Promise<void> {
  const since = context.get('Last-Event-ID') || String(context.query.since ?? '') || undefined;
  try {
    await streams.serve(context.res, { ...reader, since: since?.slice(0, 100) });
  } catch (error) {
    throw asAwazError(error);
  }
  context.respond = false; // written event by event from here on
}
