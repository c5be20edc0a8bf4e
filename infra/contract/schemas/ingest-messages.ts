import { z } from 'zod';
import { BROADCAST_ID_PATTERN } from '../urls.ts';

/** What a text message of an ingest client must look like. Unknown fields are ignored, so that clients may be newer. */
export const ingestClientMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    format: z.string().min(1).max(200),
    takeover: z.boolean().optional(),
    resume: z
      .object({ broadcastId: z.string().regex(BROADCAST_ID_PATTERN), epoch: z.string().max(32).optional() })
      .optional(),
    clientTime: z.number().optional(),
  }),
  z.object({ type: z.literal('end') }),
]);
