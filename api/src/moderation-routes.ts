import { type Actor, AwazError, mayDo } from '@awaz/infra/contract';
import {
  changeChatSettingsSchema,
  chatPersonSchema,
  chatSettingsSchema,
  liftRestrictionSchema,
  messageIdSchema,
  newRestrictionSchema,
  pageQuerySchema,
  pageSchema,
  reportSchema,
  restrictionSchema,
} from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import type { ChatServices } from './chat/index.ts';
import { speakerOf } from './chat-routes.ts';
import { decodeCursor, defineRoute, encodeCursor, type Route } from './rest/index.ts';

/** What the routes need. */
export type ModerationRoutesOptions = { chats: ChatServices };

const RESTRICTIONS = '/stations/:station/chat/restrictions';
const REPORTS = '/stations/:station/chat/reports';
const SETTINGS = '/stations/:station/chat/settings';

/** A word filter in a script of four bytes a letter fits. */
const SETTINGS_LIMIT_BYTES = 256 * 1024;

/** Looking after a chat: `…/chat/restrictions`, `…/chat/reports`, `…/chat/settings`. */
export function moderationRoutes({ chats }: ModerationRoutesOptions): Route[] {
  return [...restrictionRoutes(chats), ...reportRoutes(chats), ...settingsRoutes(chats)];
}

const restrictionPlace = z.tuple([z.number(), z.string().max(100)]);

function restrictionRoutes({ restrictions }: ChatServices): Route[] {
  const common = { tag: 'chat', action: 'chat.moderate' } as const;
  return [
    defineRoute({
      ...{ ...common, method: 'GET', path: RESTRICTIONS, summary: 'Who is muted or banned, the newest first' },
      query: pageQuerySchema,
      answer: pageSchema(restrictionSchema),
      handler: async ({ station, query }) => {
        const after = decodeCursor(query.cursor, restrictionPlace);
        const page = await restrictions.list(station.slug, { after, limit: query.limit });
        return { items: page.restrictions, next: page.after === undefined ? null : encodeCursor(page.after) };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'POST', path: RESTRICTIONS, summary: 'Mute or ban somebody', status: 201 },
      ...{ idempotent: true, limit: 'chat:moderate' },
      body: newRestrictionSchema,
      answer: restrictionSchema,
      errors: ['not_found', 'limit_reached'],
      handler: ({ station, body, ...call }) => {
        if (body.kind === 'ban') checkBan(call.actor);
        return restrictions.add(station.slug, body, speakerOf(call));
      },
    }),
    defineRoute({
      ...{ ...common, method: 'DELETE', path: `${RESTRICTIONS}/:target`, summary: 'Lift what holds somebody back' },
      limit: 'chat:moderate',
      params: z.object({ target: chatPersonSchema }),
      query: liftRestrictionSchema,
      errors: ['not_found'],
      handler: async ({ station, params, query, ...call }) => {
        if (query.kind !== 'mute') checkBan(call.actor);
        await restrictions.lift(station.slug, { ...params, ...query }, speakerOf(call));
      },
    }),
  ];
}

function reportRoutes({ reports }: ChatServices): Route[] {
  const common = { tag: 'chat', action: 'chat.moderate' } as const;
  return [
    defineRoute({
      ...{
        ...common,
        method: 'GET',
        path: REPORTS,
        summary: 'Messages that people complained about, the newest first',
      },
      query: pageQuerySchema,
      answer: pageSchema(reportSchema),
      handler: async ({ station, query }) => {
        const after = decodeCursor(query.cursor, z.string().max(40));
        const page = await reports.list(station.slug, { after, limit: query.limit });
        return { items: page.reports, next: page.after === undefined ? null : encodeCursor(page.after) };
      },
    }),
    defineRoute({
      ...{ ...common, method: 'DELETE', path: `${REPORTS}/:message`, summary: 'Let a reported message be' },
      params: z.object({ message: messageIdSchema }),
      errors: ['not_found'],
      handler: ({ station, params, ...call }) => reports.dismiss(station.slug, params.message, speakerOf(call)),
    }),
  ];
}

function settingsRoutes({ settings }: ChatServices): Route[] {
  const common = { path: SETTINGS, tag: 'chat', action: 'chat.settings', answer: chatSettingsSchema } as const;
  return [
    defineRoute({
      ...{ ...common, method: 'GET', summary: 'What the chat allows, with its word filter' },
      handler: ({ station }) => settings.get(station.slug),
    }),
    defineRoute({
      ...{ ...common, method: 'PATCH', summary: 'Change what the chat allows', limit: 'chat:moderate' },
      body: changeChatSettingsSchema,
      bodyLimitBytes: SETTINGS_LIMIT_BYTES,
      handler: ({ station, body, ...call }) => settings.change(station.slug, body, speakerOf(call)),
    }),
  ];
}

function checkBan(actor: Actor): void {
  if (mayDo(actor, 'chat.ban')) return;
  throw new AwazError('forbidden', 'Your account may not ban, or lift bans, here (chat.ban).');
}
