import { z } from 'zod';
import { SESSION_PATTERN, SLUG_PATTERN } from '../urls.ts';
import { programmePatchSchema } from './programme.ts';

const station = z.string().regex(SLUG_PATTERN);
const session = z.string().regex(SESSION_PATTERN);

/** `auth` of a Socket.IO connection; see `SocketAuth`. Unknown fields are ignored, so that clients may be newer. */
export const socketAuthSchema = z.object({
  token: z.string().max(4096).optional(),
  name: z.string().max(200).optional(),
  guest: z.string().max(200).optional(),
  listenToken: z.string().max(4096).optional(),
});

/** Body of `auth:renew`. */
export const authRenewSchema = z.object({ token: z.string().min(1).max(4096) });

/** Body of events that carry nothing. */
export const emptyCallSchema = z.object({}).optional();

/** Body of `stream:join`. A `since` that means nothing is no error: it is answered with `reset`. */
export const streamJoinSchema = z.object({
  station,
  session: session.optional(),
  since: z.string().max(40).optional(),
  token: z.string().max(4096).optional(),
});

/** Body of events that name a station only. */
export const stationCallSchema = z.object({ station });

/** Body of `stream:metadata:set`. */
export const metadataSetSchema = programmePatchSchema.extend({ station });

/** Body of `stream:heartbeat`: ms, counts, names. */
export const heartbeatSchema = z.object({
  station,
  session: session.optional(),
  latencyMs: z.number().min(0).max(3_600_000).optional(),
  bufferMs: z.number().min(0).max(3_600_000).optional(),
  stalls: z.number().int().min(0).max(10_000).optional(),
  engine: z.string().max(40).optional(),
  rendition: z.string().max(40).optional(),
});
