import { z } from 'zod';
import { isProgrammeText, MAX_ART_URL, MAX_PROGRAMME_TEXT } from '../programme-text.ts';

const text = z
  .string()
  .max(4 * MAX_PROGRAMME_TEXT)
  .transform((value) => value.trim().normalize('NFC'))
  .refine(isProgrammeText, {
    message: `must be 1 to ${MAX_PROGRAMME_TEXT} characters in one line, without control characters`,
  });

const artUrl = z
  .string()
  .max(MAX_ART_URL)
  .refine((value) => /^https?:\/\/[^\s\p{Cc}"]+$/u.test(value) && URL.canParse(value), {
    message: 'must be the address of a picture, http or https',
  });

/** A track as an owner gives it. */
export const trackSchema = z.object({ title: text, artist: text.or(z.literal('')).optional(), art: artUrl.optional() });

/**
 * What an owner says of his programme: what is left out stays as it is, null takes it away. `at`: from when on, ms since
 * 1970 on the server's clock; now when left out.
 */
export const programmePatchSchema = z.object({
  show: text.nullable().optional(),
  host: text.nullable().optional(),
  track: trackSchema.nullable().optional(),
  at: z.number().finite().min(0).max(8.64e15).optional(),
});

/** What {@link programmePatchSchema} lets through. */
export type ProgrammePatch = z.output<typeof programmePatchSchema>;

/** What is playing from a moment on, as it is told. */
export const programmeSchema = z.object({
  show: z.string().nullable(),
  host: z.string().nullable(),
  track: z.object({ title: z.string(), artist: z.string(), art: z.string().optional() }).nullable(),
  at: z.number(),
});

/** Answer to a question for the programme: what the newest published audio belongs to, and what waits. */
export const programmeSnapshotSchema = z.object({
  live: z.boolean(),
  current: programmeSchema.nullable(),
  due: z.array(programmeSchema),
});

/** Answer to a title that was set: the server time that it is meant for, ms since 1970. */
export const programmeSetSchema = z.object({ at: z.number() });
