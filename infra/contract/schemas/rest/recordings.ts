import { z } from 'zod';
import { pageSchema } from './page.ts';

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
export const recordingListSchema = pageSchema(recordingSchema);

/** What may change about a recording. */
export const changeRecordingSchema = z.object({
  title: z
    .string()
    .trim()
    .min(1)
    .max(200)
    .regex(/^\P{Cc}*$/u, 'needs to be one line'),
});
