import { z } from 'zod';
import { PROFILES, type ProfileName } from '../../profiles.ts';
import { SLUG_PATTERN } from '../../urls.ts';

const profileNames = Object.keys(PROFILES) as [ProfileName, ...ProfileName[]];

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
});

/** A station as its owner sees it. */
export const ownStationSchema = z.object({
  slug: z.string(),
  title: z.string(),
  public: z.boolean(),
  profile: z.string().nullable(),
  createdAt: z.number().describe('Ms since 1970'),
});

/** Body of `POST stations/{station}/keys`. */
export const newKeySchema = z.object({ label: z.string().max(60).optional().describe('What the key is for') });

/** A stream key as lists show it: everything but the key itself. */
export const streamKeySchema = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.number().describe('Ms since 1970'),
  lastUsedAt: z.number().nullable(),
  revokedAt: z.number().nullable(),
});

/** Answer of `POST stations/{station}/keys`. */
export const freshKeySchema = streamKeySchema.extend({
  key: z.string().describe('Told this once; only its hash is kept'),
});
