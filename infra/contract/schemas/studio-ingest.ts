import { z } from 'zod';
import { resumeSchema } from './ingest-messages.ts';

/** `ingest:open` of a Socket.IO client: hello with the station in it. */
export const studioOpenSchema = z.object({
  station: z.string().max(100),
  format: z.string().min(1).max(200),
  takeover: z.boolean().optional(),
  resume: resumeSchema.optional(),
  clientTime: z.number().optional(),
});

/** The arguments of `ingest:chunk`: seq, capturedAt (ms since 1970), container bytes. */
export const studioChunkSchema = z.tuple([
  z.number().int().min(0).max(0xffff_ffff),
  z.number().min(-8.64e15).max(8.64e15),
  z.instanceof(Uint8Array),
]);
