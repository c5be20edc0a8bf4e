import { chatDeleteSchema, chatReportSchema, chatSendSchema } from '@awaz/infra/contract/schemas';
import type { StandingSource } from '../auth/index.ts';
import type { ChatServices } from '../chat/index.ts';
import { speakerTo } from './chat-speaker.ts';
import { defineCall, type SocketCall } from './socket-calls.ts';

/** What the calls of chats need. */
export type ChatCallsOptions = { chats: ChatServices; standings: StandingSource };

/** Where people chat: as listeners, and as those who look after a station. */
const CHAT_NAMESPACES = ['/', '/studio'] as const;

/** What everybody may do in a chat. */
export function chatCalls({ chats, standings }: ChatCallsOptions): SocketCall[] {
  return [
    defineCall({
      ...{ event: 'chat:send', namespaces: CHAT_NAMESPACES, schema: chatSendSchema, limit: 'chat:send' },
      handler: async ({ station, ...message }, socket) => {
        const speaker = await speakerTo({ station, socket, action: 'chat.send' }, standings);
        return chats.chat.send(station, speaker, message);
      },
    }),
    defineCall({
      ...{ event: 'chat:delete', namespaces: CHAT_NAMESPACES, schema: chatDeleteSchema, limit: 'chat:moderate' },
      handler: async ({ station, id }, socket) => {
        const speaker = await speakerTo({ station, socket, action: 'chat.send' }, standings);
        await chats.deletion.delete(station, id, speaker);
        return {};
      },
    }),
    defineCall({
      ...{ event: 'chat:report', namespaces: CHAT_NAMESPACES, schema: chatReportSchema, limit: 'chat:report' },
      handler: async ({ station, id, reason }, socket) => {
        const speaker = await speakerTo({ station, socket, action: 'chat.report' }, standings);
        await chats.reports.add(station, { id, reason }, speaker);
        return {};
      },
    }),
  ];
}
