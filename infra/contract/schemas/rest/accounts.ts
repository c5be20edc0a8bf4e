import { z } from 'zod';
import { ACCOUNT_ROLES, MAX_NAME_LENGTH } from '../../accounts.ts';

/** Most characters of a password; more would only cost time. */
export const MAX_PASSWORD_LENGTH = 200;

/** Least characters of a new password. */
export const MIN_PASSWORD_LENGTH = 8;

/** An address; capital letters make no difference. */
export const emailSchema = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'is no address like name@example.org')
  .toLowerCase();

/** A name that others see. */
export const nameSchema = z
  .string()
  .trim()
  .min(1)
  .max(MAX_NAME_LENGTH)
  .refine((name) => !/[\p{Cc}\p{Cf}\u2028\u2029]/u.test(name.replaceAll(/[\u200c\u200d]/g, '')), {
    message: 'may hold no control characters',
  })
  .refine((name) => /[^\s\u200c\u200d]/u.test(name), 'needs a character that can be seen')
  .describe('Shown to others');

/** A password that somebody chooses. */
export const newPasswordSchema = z.string().min(MIN_PASSWORD_LENGTH).max(MAX_PASSWORD_LENGTH);

/** A password as somebody gives it to sign in. */
const givenPasswordSchema = z.string().min(1).max(MAX_PASSWORD_LENGTH);

/** Body of `POST auth/register`. */
export const registerSchema = z.object({ email: emailSchema, password: newPasswordSchema, name: nameSchema });

/** Body of `POST auth/login`. */
export const loginSchema = z.object({ email: emailSchema, password: givenPasswordSchema });

/** Body of `POST auth/one-time`. */
export const oneTimeSchema = z.object({ token: z.string().min(1).max(200).describe('From the link, after `token=`') });

/** Body of `PATCH me`. */
export const changeMeSchema = z.object({
  name: nameSchema.optional(),
  email: emailSchema.optional(),
  currentPassword: givenPasswordSchema.optional().describe('Needed with `email`, save where no password is set yet'),
});

/** Body of `POST me/password`. */
export const changePasswordSchema = z.object({
  currentPassword: givenPasswordSchema.optional().describe('Needed where a password is set'),
  newPassword: newPasswordSchema,
});

/** An account as its own person sees it. */
export const ownAccountSchema = z.object({
  id: z.string(),
  name: z.string(),
  email: z.string().describe('Empty for an administrator who came by a one-time link and has set none'),
  role: z.enum(ACCOUNT_ROLES),
  createdAt: z.number().describe('Ms since 1970'),
});

/** Answer of whatever signs somebody in; the refresh token comes as a cookie. */
export const signedInSchema = z.object({
  accessToken: z.string().describe('For `Authorization: Bearer …` and `auth.token`'),
  expiresIn: z.number().int().describe('Life of the access token in seconds'),
  account: ownAccountSchema,
});
