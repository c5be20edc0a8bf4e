import { z } from 'zod';

/** Longest life of a listen token that ends by itself, in seconds: ten years. */
const MAX_LIFE_SECONDS = 10 * 366 * 86_400;

/** Body of `POST stations/{station}/listen-tokens`. */
export const newListenTokenSchema = z.object({
  label: z.string().max(60).optional().describe('Whom or what the token is for'),
  expiresInSeconds: z.number().int().min(1).max(MAX_LIFE_SECONDS).optional().describe('For ever when left out'),
});

/** A listen token as lists show it: everything but the token itself. */
export const listenTokenSchema = z.object({
  id: z.string(),
  label: z.string(),
  createdAt: z.number().describe('Ms since 1970'),
  expiresAt: z.number().nullable(),
  lastUsedAt: z.number().nullable().describe('When a listener last began with it'),
});

/** Answer of `POST stations/{station}/listen-tokens`. */
export const freshListenTokenSchema = listenTokenSchema.extend({
  token: z.string().describe('Told this once; only its hash is kept'),
  url: z.string().describe('What to give to a player, relative to the server'),
});

/** Query of what a listen token opens. */
export const listenTokenQuerySchema = z.object({
  token: z.string().max(4096).optional().describe('Listen token of a private station, or an access token'),
});
