import { z } from 'zod';
import { programmePatchSchema } from './programme.ts';

/** The broadcast to continue. Whether there is such a one is not a matter of shape: that is answered `resume_refused`. */
export const resumeSchema = z.object({
  broadcastId: z.string().max(100),
  epoch: z.string().min(1).max(100).optional(),
});

/** What a text message of an ingest client must look like. Unknown fields are ignored, so that clients may be newer. */
export const ingestClientMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    format: z.string().min(1).max(200),
    takeover: z.boolean().optional(),
    resume: resumeSchema.optional(),
    clientTime: z.number().optional(),
  }),
  programmePatchSchema
    .omit({ at: true })
    .extend({ type: z.literal('metadata'), capturedAt: z.number().min(0).max(8.64e15).optional() }),
  z.object({ type: z.literal('end') }),
]);
