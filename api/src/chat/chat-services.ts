import type { Actor } from '@awaz/infra/contract';
import type { RedisHandle } from '@awaz/infra/redis';
import { Chat } from './chat.ts';
import { MessageDeletion } from './message-deletion.ts';
import type { ModerationRecorder } from './moderation-log.ts';
import { Reports } from './reports.ts';
import { Restrictions } from './restrictions.ts';
import { SettingsStore } from './settings-store.ts';
import type { AddressKey } from './speaker.ts';

/** What chats need of the server; the caller owns all of it. */
export type ChatServicesOptions = {
  handle: RedisHandle;
  audit: ModerationRecorder;
  addressKey: AddressKey;
  /** What an account is towards a station. */
  actorOf: (station: string, accountId: string) => Promise<Actor>;
  /** How long authors may take their messages back, in ms; for tests. */
  authorWithinMs?: number;
};

/** All that gateways call of chats. None of it owns a resource. */
export type ChatServices = {
  chat: Chat;
  deletion: MessageDeletion;
  restrictions: Restrictions;
  reports: Reports;
  settings: SettingsStore;
};

/** Puts the chat together. */
export function createChatServices(options: ChatServicesOptions): ChatServices {
  const deletion = new MessageDeletion(options);
  return {
    chat: new Chat(options),
    deletion,
    restrictions: new Restrictions({ ...options, deletion }),
    reports: new Reports(options),
    settings: new SettingsStore(options),
  };
}
