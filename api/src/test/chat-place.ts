import type { Actor, ChatAuthor } from '@awaz/infra/contract';
import { type RedisHandle, stationKeys } from '@awaz/infra/redis';
import { type ChatServices, createChatServices, type ModerationRecorder, type Speaker } from '../chat/index.ts';

/** What was noted for the audit log. */
export type Noted = Parameters<ModerationRecorder['record']>[0];

/** Chats on a Redis, without a gateway before them. */
export type ChatPlace = ChatServices & {
  /** In the order in which it came. */
  readonly noted: Noted[];
  /** What accounts are taken for; guests without an entry. */
  readonly actors: Map<string, Actor>;
  /** Says something as a gateway would, past all checks of who may. */
  say(station: string, text: string, by?: Speaker): Promise<{ id: string; at: number }>;
};

/** Puts chats together; another one on the same Redis is what another process has. */
export function openChats(handle: RedisHandle, limits: { authorWithinMs?: number } = {}): ChatPlace {
  const noted: Noted[] = [];
  const actors = new Map<string, Actor>();
  const services = createChatServices({
    ...{ ...limits, handle },
    audit: { record: async (entry) => void noted.push(entry) },
    addressKey: async (station, address) => `key-of-${station}-${address}`,
    actorOf: async (_station, accountId) => actors.get(accountId) ?? 'account',
  });
  const say = (station: string, text: string, by = speakerBy('guest')) => services.chat.send(station, by, { text });
  return { ...services, noted, actors, say };
}

/** Makes what a chat needs to know of a station. */
export async function addBareStation(handle: RedisHandle, slug: string): Promise<void> {
  await handle.commands.hset(stationKeys(slug).station, { slug, title: slug, public: '1' });
}

/** Somebody by a short name: the same name is the same person. */
export function speakerBy(name: string, actor: Actor = 'guest', address = '192.0.2.1'): Speaker {
  return { id: personId(name, actor), name, actor, address };
}

/** Id of the one whom {@link speakerBy} makes. */
export function personId(name: string, actor: Actor = 'guest'): string {
  const letters = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  return (actor === 'guest' ? 'g' : 'a') + letters.padEnd(16, '0').slice(0, 16);
}

/** What a speaker of this actor is shown as. */
export const SHOWN_AS: Record<Exclude<Actor, 'stream_key'>, ChatAuthor['role']> = {
  ...{ guest: 'guest', account: 'listener', member: 'member' },
  ...{ moderator: 'moderator', owner: 'owner', admin: 'admin' },
};
