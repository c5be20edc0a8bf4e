import { z } from 'zod';
import { CHAT_MODES } from '../../accounts.ts';
import { MAX_PAGE_ITEMS } from './page.ts';

const ms = z.number().describe('Ms since 1970');

/** Who wrote a message. */
export const chatAuthorSchema = z.object({
  id: z.string().describe('Id of an account or a guest'),
  name: z.string(),
  role: z.enum(['guest', 'listener', 'member', 'moderator', 'owner', 'admin']),
});

/** A message as the history tells it. */
export const chatMessageSchema = z.object({
  id: z.string(),
  author: chatAuthorSchema,
  text: z.string().describe('Text, never HTML'),
  at: ms,
  mediaTime: z.number().optional().describe('Programme date-time that its writer heard, ms since 1970'),
  mentions: z.array(z.string()).optional().describe('Ids of those it mentions'),
});

/** Query of `GET stations/{station}/chat`. */
export const chatPageQuerySchema = z.object({
  cursor: z.string().max(500).optional().describe('`next` of the page before; left out for the newest messages'),
  limit: z.coerce.number().int().min(1).max(MAX_PAGE_ITEMS).default(50).describe('Most messages of the answer'),
});

/** What a chat allows, as those see it who look after it. */
export const chatSettingsSchema = z.object({
  mode: z.enum(CHAT_MODES),
  slowSeconds: z.number().int(),
  links: z.enum(['everyone', 'staff']),
  words: z.array(z.string()).describe('The word filter; told to nobody else'),
});

/** A mute or a ban that holds. */
export const restrictionSchema = z.object({
  kind: z.enum(['mute', 'ban']),
  target: z.string().describe('Id of an account or a guest'),
  name: z.string().describe('Under which it wrote last; empty when that is not known'),
  address: z.boolean().describe('Whether the ban is also for where the target wrote last'),
  expiresAt: ms.nullable().describe('Ms since 1970; null: for good'),
  reason: z.string(),
  by: z.object({ id: z.string(), name: z.string() }),
  at: ms,
});

/** A message that was reported. */
export const reportSchema = z.object({
  message: chatMessageSchema,
  count: z.number().int().describe('How many people reported it; 20 at most are counted'),
  reasons: z.array(z.string()).describe('What the first of them gave'),
  firstAt: ms,
  lastAt: ms,
});
