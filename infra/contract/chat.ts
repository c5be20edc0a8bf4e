import type { ChatMode } from './accounts.ts';
import type { ChatAuthor, ChatSettings } from './events.ts';
import type { Actor } from './permissions.ts';

/** Most characters of a chat message, as people count them (grapheme clusters). */
export const MAX_CHAT_CHARACTERS = 500;

/** Longest time between two messages of one person that slow mode may ask for, in seconds. */
export const MAX_SLOW_SECONDS = 3600;

/** What a chat allows where nothing was set. */
export const DEFAULT_CHAT_SETTINGS: ChatSettings = { mode: 'everyone', slowSeconds: 0, links: 'everyone' };

/** Who may write in which mode; mutes, bans and slow mode come on top of it. */
export const CHAT_MODE_ACTORS = {
  everyone: ['guest', 'account', 'member', 'moderator', 'owner', 'admin'],
  accounts: ['account', 'member', 'moderator', 'owner', 'admin'],
  members: ['member', 'moderator', 'owner', 'admin'],
  off: [],
} as const satisfies Record<ChatMode, readonly Actor[]>;

/** What holds somebody back in a chat. */
export type ChatHold = {
  kind: 'mute' | 'ban';
  /** Ms since 1970; null: for good. */
  until: number | null;
};

/** Whether this actor may write in a chat of this mode. */
export function mayChatIn(mode: ChatMode, actor: Actor): boolean {
  return (CHAT_MODE_ACTORS[mode] as readonly Actor[]).includes(actor);
}

/** What an actor is shown as beside its messages; a stream key writes none. */
export function chatRoleOf(actor: Actor): ChatAuthor['role'] {
  if (actor === 'account') return 'listener';
  return actor === 'stream_key' ? 'guest' : actor;
}
