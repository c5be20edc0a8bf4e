import { z } from 'zod';
import { ACCOUNT_ID_PATTERN, CHAT_MODES, GUEST_ID_PATTERN } from '../accounts.ts';
import { MAX_SLOW_SECONDS } from '../chat.ts';
import { SLUG_PATTERN } from '../urls.ts';

const station = z.string().regex(SLUG_PATTERN);

/** Id of a message. */
export const messageIdSchema = z.string().regex(/^[a-z0-9]{1,16}-\d{1,15}$/, 'is no id of a message');

/** An account or a guest. */
export const chatPersonSchema = z
  .string()
  .regex(new RegExp(`${ACCOUNT_ID_PATTERN.source}|${GUEST_ID_PATTERN.source}`), 'is no id of an account or a guest')
  .describe('Id of an account or a guest');

/** Media time that somebody hears. Whether anybody can is looked at by the chat. */
const mediaTime = z.number().min(-8.64e15).max(8.64e15).optional();

/** Body of `chat:send`. What the text must be like is the chat's business. */
export const chatSendSchema = z.object({
  station,
  text: z.string(),
  mediaTime,
  key: z
    .string()
    .regex(/^[\w-]{1,40}$/)
    .optional(),
});

/** Body of `chat:delete`. */
export const chatDeleteSchema = z.object({ station, id: messageIdSchema });

/** Why something was done or reported, for those who look after the chat. */
const reason = z
  .string()
  .max(200)
  .transform((text) => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim())
  .describe('Why, for those who look after the chat');

/** Body of `chat:report`. */
export const chatReportSchema = z.object({ station, id: messageIdSchema, reason: reason.optional() });

/** Longest mute and longest ban that ends, in seconds. */
const MAX_RESTRICTION_SECONDS = 365 * 86_400;

const restriction = z.object({
  kind: z.enum(['mute', 'ban']),
  target: chatPersonSchema,
  seconds: z
    .number()
    .int()
    .min(1)
    .max(MAX_RESTRICTION_SECONDS)
    .optional()
    .describe('For how long; a mute needs it, a ban without it is for good'),
  reason: reason.optional(),
  erase: z.boolean().optional().describe('Also delete what the target wrote lately'),
  address: z
    .boolean()
    .optional()
    .describe('With a ban: also whoever comes from where the target wrote last, by whatever name'),
});

/** Body of `POST stations/{station}/chat/restrictions`. */
export const newRestrictionSchema = restriction.refine(({ kind, seconds }) => kind === 'ban' || seconds !== undefined, {
  path: ['seconds'],
  message: 'is needed for a mute',
});

/** Query of `DELETE stations/{station}/chat/restrictions/{target}`. */
export const liftRestrictionSchema = z.object({
  kind: z.enum(['mute', 'ban']).optional().describe('What to lift; both when left out'),
});

/** Body of `chat:mute`. */
export const chatMuteSchema = restriction.pick({ target: true, reason: true, erase: true }).extend({
  station,
  seconds: z.number().int().min(1).max(MAX_RESTRICTION_SECONDS),
});

/** Body of `chat:ban`. */
export const chatBanSchema = restriction.omit({ kind: true }).extend({ station });

/** Body of `chat:unmute` and `chat:unban`. */
export const chatTargetSchema = z.object({ station, target: chatPersonSchema });

const slowSeconds = z.number().int().min(0).max(MAX_SLOW_SECONDS);

/** Body of `chat:slow`. */
export const chatSlowSchema = z.object({ station, seconds: slowSeconds });

/** Most words of a filter. */
export const MAX_FILTER_WORDS = 500;

/** Longest word or phrase of a filter, in UTF-16 code units. */
export const MAX_FILTER_WORD_LENGTH = 60;

/** Body of `PATCH stations/{station}/chat/settings`; what is left out stays. */
export const changeChatSettingsSchema = z.object({
  mode: z.enum(CHAT_MODES).optional().describe('Who may write'),
  slowSeconds: slowSeconds.optional().describe('Least time between two messages of one person; 0: none'),
  links: z.enum(['everyone', 'staff']).optional().describe('Whose messages may hold links'),
  words: z
    .array(z.string().min(1).max(MAX_FILTER_WORD_LENGTH))
    .max(MAX_FILTER_WORDS)
    .optional()
    .describe('Words that may not be written; `*` at an end stands for any letters there'),
});

/** Body of `chat:settings:set`. */
export const chatSettingsSetSchema = changeChatSettingsSchema.extend({ station });

/** Body of `interaction:like`. */
export const likeSchema = z.object({ station, mediaTime });
