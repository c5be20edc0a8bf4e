import type { RedisHandle } from '@awaz/infra/redis';
import type { Context } from 'koa';
import Router from 'koa-router';
import {
  bearerToken,
  type Caller,
  clientAddress,
  GUEST,
  type StandingSource,
  subjectOf,
  type TokenClaim,
} from '../auth/index.ts';
import type { RateLimitTaker } from '../limits/index.ts';
import { authorize } from './authorize.ts';
import { Idempotency, type KeptAnswer } from './idempotency.ts';
import { openApiDocument } from './openapi.ts';
import { readInput } from './read-input.ts';
import type { Route, RouteCall } from './route.ts';

/** Where all routes are. */
export const REST_PREFIX = '/api/v1';

/** Tells whose a token is. */
export type CallerSource = {
  /** Throws `unauthenticated`, `token_expired`, or what is wrong with a stream key. */
  identify(claim: TokenClaim): Promise<Caller>;
};

/** What the router needs. */
export type RestOptions = {
  routes: readonly Route[];
  callers: CallerSource;
  standings: StandingSource;
  /** Gives the right that a token is to a private station; undefined for none. */
  grants: { of(station: string, token: string): Promise<string | undefined> };
  handle: RedisHandle;
  limits: RateLimitTaker;
  /** Whether `X-Forwarded-For` is to be believed. */
  trustProxy: boolean;
};

/** Serves routes below {@link REST_PREFIX}, and the OpenAPI document that describes them. */
export function restRouter(options: RestOptions): Router {
  const router = new Router({ prefix: REST_PREFIX });
  const document = JSON.stringify(openApiDocument(options.routes));
  router.get('/openapi.json', (context) => {
    context.set('Cache-Control', 'no-cache');
    context.type = 'application/json';
    context.body = document;
  });
  const idempotency = new Idempotency(options.handle);
  for (const route of options.routes) {
    router.register(route.path, [route.method], (context) => serve(route, context, { ...options, idempotency }));
  }
  return router;
}

type Serving = RestOptions & { idempotency: Idempotency };

async function serve(route: Route, context: Context, serving: Serving): Promise<void> {
  const call = await prepare(route, context, serving);
  const answer = await runOnce(route, call, serving);
  if (context.response.get('Cache-Control') === '') {
    context.set('Cache-Control', route.access === 'public' ? 'no-cache' : 'no-store');
  }
  context.status = answer.status;
  if (answer.status === 204) context.body = null;
  else context.body = answer.body;
}

async function prepare(route: Route, context: Context, options: RestOptions): Promise<RouteCall> {
  const address = clientAddress(context.req, options.trustProxy);
  const station = (context.params as Record<string, string | undefined>).station;
  const isPublic = route.access === 'public';
  const caller = isPublic ? GUEST : await callerOf(context, { station, address }, options.callers);
  const limit = route.limit ?? (route.method === 'GET' ? 'rest:read' : 'rest:write');
  await options.limits.take(limit, subjectOf(caller, address), address);
  const token = route.listenToken ? context.query.token : undefined;
  const holdsRight = async (slug: string) =>
    typeof token === 'string' && (await options.grants.of(slug, token)) !== undefined;
  const granted = await authorize(route, { caller, station, holdsRight }, options.standings);
  return { caller, address, ...granted, ...(await readInput(route, context)), context };
}

async function callerOf(
  context: Context,
  where: { station: string | undefined; address: string },
  callers: CallerSource,
): Promise<Caller> {
  const token = bearerToken(context.get('Authorization'));
  if (token === undefined) return GUEST;
  const gone = new AbortController();
  const abort = () => gone.abort();
  context.res.once('close', abort);
  try {
    return await callers.identify({ token, ...where, signal: gone.signal });
  } finally {
    context.res.off('close', abort);
  }
}

function runOnce(route: Route, call: RouteCall, { idempotency }: Serving): Promise<KeptAnswer> {
  const { context, caller, address, body } = call;
  const key = context.get('Idempotency-Key');
  const run = () => handle(route, call);
  if (key === '' || !route.idempotent) return run();
  const target = `${context.method} ${context.path}`;
  return idempotency.once({ key, subject: subjectOf(caller, address), target, body }, run);
}

async function handle(route: Route, call: RouteCall): Promise<KeptAnswer> {
  const answer = await route.handler(call);
  if (route.answer === undefined) return { status: route.status ?? 204, body: undefined };
  // What the schema does not name stays here.
  return { status: route.status ?? 200, body: route.answer.parse(answer) };
}
