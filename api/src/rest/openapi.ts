import { ERROR_TABLE, type ErrorCode } from '@awaz/infra/contract';
import { problemSchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import { PROBLEM_TYPE } from '../http/problem.ts';
import { concernsStation, type Route } from './route.ts';

type Json = Record<string, unknown>;

/** Codes that any route may answer. */
const EVERYWHERE: readonly ErrorCode[] = ['rate_limited', 'internal', 'unavailable'];

const WITH_TOKEN: readonly ErrorCode[] = ['unauthenticated', 'token_expired', 'forbidden'];

/** The OpenAPI 3.1 document of routes; made of the same schemas that check requests and answers. */
export function openApiDocument(routes: readonly Route[]): Json {
  const schemas: Json = {};
  const toSchema = hoisting(schemas);
  schemas.Problem = toSchema(problemSchema, 'output');
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = `/api/v1${route.path.replaceAll(/:(\w+)/g, '{$1}')}`.replace(/(?<=.)\/$/, '');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, toSchema) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Awaz Pulse', version: '1', license: { name: 'MIT', identifier: 'MIT' } },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas,
      securitySchemes: {
        accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From `auth/login`; 15 min' },
        streamKey: { type: 'http', scheme: 'bearer', description: 'A stream key of the station in the path' },
        refreshCookie: { type: 'apiKey', in: 'cookie', name: 'awaz_refresh', description: 'For `auth/refresh` alone' },
      },
    },
  };
}

type ToSchema = (schema: z.ZodType, io: 'input' | 'output') => Json;

/** Converts schemas, and moves those that have an id to the components. */
function hoisting(components: Json): ToSchema {
  return (schema, io) => {
    const converted = z.toJSONSchema(schema, { target: 'draft-2020-12', io, unrepresentable: 'any' });
    const text = JSON.stringify(converted).replaceAll('"#/$defs/', '"#/components/schemas/');
    const { $schema: _, $defs, ...rest } = JSON.parse(text) as Json & { $defs?: Json };
    Object.assign(components, $defs);
    return rest;
  };
}

function operation(route: Route, toSchema: ToSchema): Json {
  const { method, path, summary, tag, body, action, access } = route;
  const name = path
    .replaceAll(/:(\w+)/g, '$1')
    .split(/[/-]/)
    .filter(Boolean)
    .join('_');
  return {
    operationId: `${method.toLowerCase()}_${name}`,
    summary,
    tags: [tag],
    ...(action === undefined ? {} : { 'x-action': action }),
    ...(access === undefined ? {} : { 'x-access': access }),
    security: securityOf(route),
    parameters: parametersOf(route, toSchema),
    ...(body === undefined ? {} : { requestBody: { required: true, content: contentOf(route, body, toSchema) } }),
    responses: { ...successOf(route, toSchema), ...problemsOf(route) },
  };
}

function contentOf({ bodyTypes }: Route, body: z.ZodType, toSchema: ToSchema): Json {
  if (bodyTypes === undefined) return { 'application/json': { schema: toSchema(body, 'input') } };
  return Object.fromEntries(bodyTypes.map((type) => [type, { schema: { type: 'string', format: 'binary' } }]));
}

function securityOf({ action, access }: Route): Json[] {
  if (access === 'public') return [{}];
  const tokens = [{ accessToken: [] }];
  return action === undefined ? tokens : [...tokens, { streamKey: [] }, {}];
}

function parametersOf(route: Route, toSchema: ToSchema): Json[] {
  const described = {
    path: route.params && (toSchema(route.params, 'input').properties as Record<string, Json>),
    query: route.query && toSchema(route.query, 'input'),
  };
  const inPath = [...route.path.matchAll(/:(\w+)/g)].map(([, name = '']) => {
    const schema = described.path?.[name] ?? { type: 'string', maxLength: 200 };
    return { name, in: 'path', required: true, schema };
  });
  const properties = (described.query?.properties ?? {}) as Record<string, Json>;
  const required = (described.query?.required ?? []) as string[];
  const inQuery = Object.entries(properties).map(([name, schema]) => {
    return { name, in: 'query', required: required.includes(name), schema };
  });
  const idempotencyKey = { name: 'Idempotency-Key', in: 'header', schema: { type: 'string', maxLength: 200 } };
  return [...inPath, ...inQuery, ...(route.idempotent ? [idempotencyKey] : [])];
}

function successOf({ answer, status }: Route, toSchema: ToSchema): Json {
  if (answer === undefined) return { [status ?? 204]: { description: 'Done' } };
  const content = { 'application/json': { schema: toSchema(answer, 'output') } };
  return { [status ?? 200]: { description: 'Done', content } };
}

/** One response for each status, with an example for each code. */
function problemsOf(route: Route): Json {
  const codes = new Set<ErrorCode>([...EVERYWHERE, ...(route.errors ?? [])]);
  if (route.access !== 'public') for (const code of WITH_TOKEN) codes.add(code);
  if (concernsStation(route)) codes.add('unknown_station');
  if (route.params ?? route.query ?? route.body) codes.add('bad_request');
  if (route.body) codes.add('payload_too_large').add('unsupported_media_type');
  if (route.idempotent) codes.add('conflict');
  const statuses = new Set([...codes].map((code) => ERROR_TABLE[code].status));
  const withStatus = (status: number) => [...codes].filter((code) => ERROR_TABLE[code].status === status);
  return Object.fromEntries([...statuses].map((status) => [status, problemResponse(status, withStatus(status))]));
}

function problemResponse(status: number, codes: readonly ErrorCode[]): Json {
  const example = (code: ErrorCode) => {
    const { title } = ERROR_TABLE[code];
    return [code, { value: { type: 'about:blank', title, status, detail: title, code } }];
  };
  return {
    description: codes.join(', '),
    ...(status === 429 || status === 503
      ? { headers: { 'Retry-After': { schema: { type: 'integer' }, description: 'Seconds' } } }
      : {}),
    content: {
      [PROBLEM_TYPE]: {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(codes.map(example)),
      },
    },
  };
}
