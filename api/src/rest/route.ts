import type { Action, Actor, ErrorCode } from '@awaz/infra/contract';
import type { Context } from 'koa';
import type { z } from 'zod';
import type { Caller, StationStanding } from '../auth/index.ts';
import type { LimitName } from '../limits/index.ts';

/** Methods of routes. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Groups of routes in the OpenAPI document. */
export type RouteTag = 'accounts' | 'stations' | 'chat' | 'events' | 'admin' | 'recordings' | 'meta';

/**
 * Who may call a route: `action` asks the table of permissions (towards the station when the path has `:station`),
 * `account` asks for anybody who is signed in, `public` for nobody in particular. A public route looks at no token and up no
 * station; where guests may come but it matters who asks, take an action of everybody, such as `directory.read`.
 */
export type RouteRight = { action: Action; access?: never } | { access: 'public' | 'account'; action?: never };

type Schema = z.ZodType | undefined;
type Read<S extends Schema> = S extends z.ZodType ? z.output<S> : undefined;
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without an answer returns nothing
type Written<S extends Schema> = S extends z.ZodType ? z.input<S> : void;

/** What a handler gets; everything is checked already. */
export type RouteCall<Params = unknown, Query = unknown, Body = unknown, Station = StationStanding | undefined> = {
  caller: Caller;
  /** What the caller is towards the station, or in general. */
  actor: Actor;
  /** Where the caller is; for limits and the audit log. */
  address: string;
  /** Present when the right is an action and the path has `:station`. */
  station: Station;
  params: Params;
  query: Query;
  body: Body;
  /** For what is not JSON: cookies and headers. */
  context: Context;
};

type StationOf<Path extends string, A> = A extends Action
  ? Path extends `${string}:station${string}`
    ? StationStanding
    : undefined
  : undefined;

/** A route as it is written down; see {@link defineRoute}. */
export type RouteDefinition<
  Path extends string,
  A extends Action | undefined,
  Params extends Schema,
  Query extends Schema,
  Body extends Schema,
  Answer extends Schema,
> = {
  /** See {@link RouteRight}; either this or `access`. */
  action?: A;
  access?: 'public' | 'account';
  method: Method;
  /** Below `/api/v1`, with `:name` for parameters. `:station` needs no schema when the right is an action. */
  path: Path;
  /** One line for the OpenAPI document. */
  summary: string;
  tag: RouteTag;
  params?: Params;
  query?: Query;
  body?: Body;
  /** Left out: 204 without a body. What the schema does not name is not sent. */
  answer?: Answer;
  /** Status of success; 200, or 204 without an answer. */
  status?: number;
  /** Codes beside those that any route may answer. */
  errors?: readonly ErrorCode[];
  /** Largest body in bytes; {@link DEFAULT_BODY_LIMIT_BYTES} when left out. */
  bodyLimitBytes?: number;
  /** Types of a body that is taken as bytes; JSON when left out. */
  bodyTypes?: readonly string[];
  /** What a call counts for; `rest:read` or `rest:write` when left out. */
  limit?: LimitName;
  /** Whether `Idempotency-Key` is taken: the same key brings the same answer again for a day. */
  idempotent?: boolean;
  /**
   * Whether a token in the query (`token`, which the query schema has to name) opens this route of a private station to
   * whoever holds it, as it opens `index.m3u8`.
   */
  listenToken?: boolean;
  handler: (
    call: RouteCall<Read<Params>, Read<Query>, Read<Body>, StationOf<Path, A>>,
  ) => Promise<Written<Answer>> | Written<Answer>;
};

/** A route whose types have served their purpose. */
export type Route = RouteRight & {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly tag: RouteTag;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  readonly answer?: z.ZodType;
  readonly status?: number;
  readonly errors?: readonly ErrorCode[];
  readonly bodyLimitBytes?: number;
  readonly bodyTypes?: readonly string[];
  readonly limit?: LimitName;
  readonly idempotent?: boolean;
  readonly listenToken?: boolean;
  readonly handler: (call: RouteCall) => Promise<unknown> | unknown;
};

/** Largest body of a route that does not say otherwise, in bytes. */
export const DEFAULT_BODY_LIMIT_BYTES = 64 * 1024;

/**
 * Writes a route down: its schemas check what comes in, decide what goes out and make the OpenAPI document; its right is
 * checked before the handler runs. Handlers throw `AwazError`.
 */
export function defineRoute<
  const Path extends string,
  const A extends Action | undefined = undefined,
  Params extends Schema = undefined,
  Query extends Schema = undefined,
  Body extends Schema = undefined,
  Answer extends Schema = undefined,
>(route: RouteDefinition<Path, A, Params, Query, Body, Answer>): Route {
  if ((route.action === undefined) === (route.access === undefined)) {
    throw new TypeError(`${route.method} ${route.path} needs either an action or an access.`);
  }
  return route as unknown as Route;
}

/** Whether a route's right is decided towards the station in its path. */
export function concernsStation(route: Route): boolean {
  return route.action !== undefined && route.path.split('/').includes(':station');
}
