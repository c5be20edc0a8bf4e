import type { Action } from '@awaz/infra/contract';
import {
  chatBanSchema,
  chatMuteSchema,
  chatSettingsSetSchema,
  chatSlowSchema,
  chatTargetSchema,
} from '@awaz/infra/contract/schemas';
import type { z } from 'zod';
import type { ChatServices, Speaker } from '../chat/index.ts';
import type { ChatCallsOptions } from './chat-calls.ts';
import { speakerTo } from './chat-speaker.ts';
import { defineCall, type SocketCall } from './socket-calls.ts';

/** What those may do who look after a chat. */
export function moderationCalls({ chats, standings }: ChatCallsOptions): SocketCall[] {
  const { restrictions, settings } = chats;
  const call = <Schema extends z.ZodType<{ station: string }>>(definition: ModerationCall<Schema>): SocketCall => {
    const { event, schema, action, run } = definition;
    return defineCall({
      ...{ event, namespaces: ['/studio'], schema, limit: 'chat:moderate' },
      handler: async (body, socket) => {
        const by = await speakerTo({ station: body.station, socket, action }, standings);
        return run(body, by);
      },
    });
  };
  return [
    call({
      ...{ event: 'chat:mute', schema: chatMuteSchema, action: 'chat.moderate' },
      run: async ({ station, ...wish }, by) => {
        const { expiresAt } = await restrictions.add(station, { ...wish, kind: 'mute' }, by);
        return { until: expiresAt };
      },
    }),
    call({
      ...{ event: 'chat:unmute', schema: chatTargetSchema, action: 'chat.moderate' },
      run: async ({ station, target }, by) => {
        await restrictions.lift(station, { target, kind: 'mute' }, by);
        return {};
      },
    }),
    call({
      ...{ event: 'chat:ban', schema: chatBanSchema, action: 'chat.ban' },
      run: async ({ station, ...wish }, by) => {
        const { expiresAt } = await restrictions.add(station, { ...wish, kind: 'ban' }, by);
        return { until: expiresAt };
      },
    }),
    call({
      ...{ event: 'chat:unban', schema: chatTargetSchema, action: 'chat.ban' },
      run: async ({ station, target }, by) => {
        await restrictions.lift(station, { target, kind: 'ban' }, by);
        return {};
      },
    }),
    ...settingsCalls(call, settings),
  ];
}

function settingsCalls(call: DefineModeration, settings: ChatServices['settings']): SocketCall[] {
  return [
    call({
      ...{ event: 'chat:slow', schema: chatSlowSchema, action: 'chat.settings' },
      run: async ({ station, seconds }, by) => publicPart(await settings.change(station, { slowSeconds: seconds }, by)),
    }),
    call({
      ...{ event: 'chat:settings:set', schema: chatSettingsSetSchema, action: 'chat.settings' },
      run: async ({ station, ...changes }, by) => publicPart(await settings.change(station, changes, by)),
    }),
  ];
}

type ModerationCall<Schema extends z.ZodType<{ station: string }>> = {
  event: string;
  schema: Schema;
  action: Action;
  run: (body: z.output<Schema>, by: Speaker) => Promise<object>;
};

type DefineModeration = <Schema extends z.ZodType<{ station: string }>>(
  definition: ModerationCall<Schema>,
) => SocketCall;

function publicPart<All extends { words: string[] }>({ words: _, ...settings }: All): Omit<All, 'words'> {
  return settings;
}
