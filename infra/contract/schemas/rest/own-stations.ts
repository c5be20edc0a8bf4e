import { z } from 'zod';
import { parseLadder } from '../../ladder.ts';
import { LATE_AUDIO, PROFILES, type ProfileName } from '../../profiles.ts';
import { canonicalLanguage, MAX_DESCRIPTION_LENGTH, MAX_TAG_LENGTH, MAX_TAGS, normalTag } from '../../station-facts.ts';
import { SLUG_PATTERN } from '../../urls.ts';
import { changeChatSettingsSchema } from '../chat.ts';

const profileNames = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];

const description = z
  .string()
  .max(2 * MAX_DESCRIPTION_LENGTH)
  .transform((text) => text.replaceAll('\r\n', '\n').normalize('NFC').trim())
  .refine((text) => text.length <= MAX_DESCRIPTION_LENGTH, `needs ${MAX_DESCRIPTION_LENGTH} characters or fewer`)
  .refine((text) => !/[^\P{Cc}\n]/u.test(text), 'may hold no control characters');

const language = z
  .string()
  .max(60)
  .transform((tag, context) => {
    const canonical = canonicalLanguage(tag);
    if (canonical === undefined) context.addIssue('is no language tag (BCP 47), like en or ur-Latn');
    return canonical ?? '';
  });

const tags = z
  .array(z.string().max(200).transform(normalTag))
  .max(5 * MAX_TAGS)
  .transform((all) => [...new Set(all)].filter((tag) => tag !== ''))
  .refine((all) => all.length <= MAX_TAGS, `may be ${MAX_TAGS} at most`)
  .refine((all) => all.every((tag) => tag.length <= MAX_TAG_LENGTH && !/\p{Cc}/u.test(tag)), {
    message: `need 1 to ${MAX_TAG_LENGTH} characters each, without control characters`,
  });

const ladder = z
  .string()
  .max(60)
  .transform((text, context) => {
    try {
      const rungs = parseLadder(text);
      return rungs.map(({ name }) => name).join(',');
    } catch (error) {
      context.addIssue((error as Error).message);
      return '';
    }
  });

const lateAudio = z
  .enum(LATE_AUDIO)
  .describe('Whether audio that comes after its place was filled is dropped from the air, or plays late');

/** Body of `POST stations`. */
export const newStationSchema = z.object({
  slug: z
    .string()
    .regex(SLUG_PATTERN, 'needs 1 to 40 small letters, digits and hyphens, like night-radio')
    .describe('Names the station in addresses; never changes'),
  title: z.string().min(1).max(100).optional().describe('The slug when left out'),
  public: z
    .boolean()
    .optional()
    .describe('Whether everybody may listen and the directory lists it; true when left out'),
  profile: z.enum(profileNames).optional().describe('How broadcasts are cut; as the server is set when left out'),
  description: description.optional(),
  language: language.optional().describe('BCP 47, like en or ur-Latn'),
  tags: tags.optional().describe('Kept in small letters, each once'),
  ladder: ladder.optional().describe('Renditions, like 64k,128k; as the server is set when left out'),
  limiter: z.boolean().optional().describe('Whether peaks are held below -1 dBFS; true when left out'),
  lateAudio: lateAudio.optional(),
  chat: changeChatSettingsSchema
    .omit({ words: true })
    .optional()
    .describe('What its chat allows from the beginning; everyone may write when left out'),
});

/** Body of `PATCH stations/{station}`; what is left out stays. */
export const changeStationSchema = z.object({
  title: z.string().min(1).max(100).optional(),
  profile: z
    .enum([...profileNames, 'default'])
    .optional()
    .describe('Counts from the next broadcast on; `default` is how the server is set'),
  public: z
    .boolean()
    .optional()
    .describe('Whether everybody may listen; who may not any more is cut off within seconds'),
  description: description.optional(),
  language: language.nullable().optional().describe('BCP 47; null takes it away'),
  tags: tags.optional(),
  ladder: ladder.nullable().optional().describe('Counts from the next broadcast on; null is how the server is set'),
  limiter: z.boolean().optional().describe('Whether peaks are held below -1 dBFS; counts from the next broadcast on'),
  lateAudio: lateAudio.optional(),
});

/** A station as its owner sees it. */
export const ownStationSchema = z.object({
  slug: z.string(),
  title: z.string(),
  public: z.boolean(),
  profile: z.string().nullable(),
  description: z.string(),
  language: z.string().nullable(),
  tags: z.array(z.string()),
  ladder: z.string().nullable(),
  limiter: z.boolean(),
  lateAudio,
  artwork: z.string().nullable().describe('Address of the picture, relative to the server'),
  version: z.number().int().describe('Rises with each change; `If-Match` of a change may name it'),
  createdAt: z.number().describe('Ms since 1970'),
});

/** Body of `POST stations/{station}/keys`. */
export const newKeySchema = z.object({ label: z.string().max(60).optional().describe('What the key is for') });

/** Body of `POST stations/{station}/keys/{key}/rotate`. */
export const rotateKeySchema = z.object({
  overlapMinutes: z
    .number()
    .int()
    .min(0)
    .max(7 * 24 * 60)
    .default(10)
    .describe('How long the old key stays good; then it is revoked by itself'),
});

/** A stream key as lists show it: everything but the key itself. */
export const streamKeySchema = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.number().describe('Ms since 1970'),
  lastUsedAt: z.number().nullable(),
  revokedAt: z.number().nullable().describe('May be to come, after the key was rotated'),
});

/** Answer of `POST stations/{station}/keys`. */
export const freshKeySchema = streamKeySchema.extend({
  key: z.string().describe('Told this once; only its hash is kept'),
});
