import { z } from 'zod';

/** A recording as `GET stations/{station}/recordings` tells it. */
export const recordingSchema = z
  .object({
    id: z.string().describe('Id of the broadcast'),
    title: z.string(),
    startedAt: z.number().describe('Ms since 1970'),
    state: z.enum(['open', 'complete']).describe('`open` while it may still grow'),
    seconds: z.number().describe('Length of what can be played by now'),
    silentSeconds: z.number().describe('How much of it is silence because nothing was sent'),
    lostSeconds: z.number().describe('What could not be written, because there was no space'),
    bytes: z.number(),
    kbps: z.number(),
    playlist: z.string().describe('HLS, relative to the server'),
    file: z.string().nullable().describe('One MP4 file, relative to the server; null while the recording is open'),
  })
  .meta({ id: 'Recording' });

/** A page of recordings. */
export const recordingListSchema = z.object({
  recordings: z.array(recordingSchema),
  next: z.string().nullable().describe('`cursor` of the next page; null when this is the last one'),
});

/** Query of a page of recordings. */
export const recordingQuerySchema = z.object({
  cursor: z.string().max(200).optional().describe('`next` of the page before; left out for the first page'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

/** What may change about a recording. */
export const changeRecordingSchema = z.object({
  title: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'needs to be one line'),
});
