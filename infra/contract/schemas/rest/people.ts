import { z } from 'zod';
import { ACCOUNT_ID_PATTERN, STATION_ROLES } from '../../accounts.ts';
import { emailSchema } from './accounts.ts';

/** Body of `POST stations/{station}/people`: who, by account or by address, and what. */
export const namePersonSchema = z
  .object({
    account: z.string().regex(ACCOUNT_ID_PATTERN).optional().describe('Id of the account'),
    email: emailSchema.optional().describe('Or the address it signs in with'),
    role: z.enum(STATION_ROLES).describe('Members may listen to a private station; moderators look after the chat too'),
  })
  .refine(({ account, email }) => (account === undefined) !== (email === undefined), 'needs either account or email');

/** A station of somebody else on which one is something. */
export const stationRoleSchema = z.object({
  slug: z.string(),
  title: z.string(),
  public: z.boolean(),
  artwork: z.string().nullable().describe('Address of the picture, relative to the server'),
  live: z.boolean(),
  role: z.enum(STATION_ROLES),
});

/** Somebody who is something on a station. */
export const stationPersonSchema = z.object({ id: z.string(), name: z.string(), role: z.enum(STATION_ROLES) });
