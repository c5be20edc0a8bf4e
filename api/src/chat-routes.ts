import { AwazError } from '@awaz/infra/contract';
import { chatMessageSchema, chatPageQuerySchema, messageIdSchema, pageSchema } from '@awaz/infra/contract/schemas';
import { z } from 'zod';
import type { ChatServices, Speaker } from './chat/index.ts';
import { decodeCursor, defineRoute, encodeCursor, type Route, type RouteCall } from './rest/index.ts';

/** Place of a message in the history. */
const placeSchema = z.number().int().min(0).max(1e15);

/** `GET stations/{station}/chat` and `DELETE stations/{station}/chat/{message}`. */
export function chatRoutes({ chats: { chat, deletion } }: { chats: ChatServices }): Route[] {
  return [
    defineRoute({
      ...{ method: 'GET', path: '/stations/:station/chat', tag: 'chat', action: 'chat.read' },
      summary: 'Messages of the chat, the newest first',
      query: chatPageQuerySchema,
      answer: pageSchema(chatMessageSchema),
      handler: async ({ station, query }) => {
        const before = decodeCursor(query.cursor, placeSchema);
        const page = await chat.page(station.slug, { before, limit: query.limit });
        return { items: page.messages, next: page.before === undefined ? null : encodeCursor(page.before) };
      },
    }),
    defineRoute({
      ...{ method: 'DELETE', path: '/stations/:station/chat/:message', tag: 'chat', action: 'chat.send' },
      summary: 'Delete a message: an own one while it is new, any one for those who look after the chat',
      params: z.object({ message: messageIdSchema }),
      errors: ['not_found'],
      handler: async ({ station, params, ...call }) => {
        await deletion.delete(station.slug, params.message, speakerOf(call));
      },
    }),
  ];
}

/** Who calls a route, as chats know them. Throws `unauthenticated`: a guest is somebody on sockets only. */
export function speakerOf({ caller, actor, address }: Pick<RouteCall, 'caller' | 'actor' | 'address'>): Speaker {
  if (caller.kind !== 'account') throw new AwazError('unauthenticated', 'Sign in first.');
  const { id, name } = caller.account;
  return { id, name, actor, address };
}
