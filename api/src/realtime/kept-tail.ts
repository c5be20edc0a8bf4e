import {
  type ChatMessageEvent,
  type ChatSettings,
  formatEventId,
  type KeptEventName,
  type ProgrammeMetadata,
} from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { eventKeys, type RedisHandle } from '@awaz/infra/redis';

/** Messages in a snapshot. */
export const RECENT_MESSAGES = 50;

/** Newest events that are looked through. */
const TAIL_EVENTS = 500;

/** What a chat allows where nothing was set. */
export const DEFAULT_CHAT_SETTINGS: ChatSettings = { mode: 'everyone', slowSeconds: 0, links: 'everyone' };

/** What the newest kept events of a station say. */
export type KeptTail = {
  /** Of the broadcast on air; null when it told nothing. */
  programme: ProgrammeMetadata | null;
  settings: ChatSettings;
  /** The oldest first. */
  messages: ChatMessageEvent[];
};

/** Reads what is on, the chat's settings and last messages from the newest kept events of a station. */
export async function readKeptTail(handle: RedisHandle, station: string): Promise<KeptTail> {
  const [{ epoch }, entries] = await Promise.all([
    new EventLog(handle).position(station),
    handle.commands.xrevrange(eventKeys(station).events, '+', '-', 'COUNT', TAIL_EVENTS),
  ]);
  const events = entries.map(([entryId, [, event, , body]]) => {
    const id = formatEventId({ epoch, offset: Number.parseInt(entryId, 10) });
    return { event: event as KeptEventName, data: { id, ...JSON.parse(String(body)), station, position: id } };
  });
  const newest = (name: KeptEventName) => events.find(({ event }) => event === name)?.data;
  const began = events.findIndex(({ event }) => event === 'stream:started' || event === 'stream:stopped');
  const told = events.findIndex(({ event }) => event === 'stream:metadata');
  const { show, host, track, at } = newest('stream:metadata') ?? {};
  const { mode, slowSeconds, links } = newest('chat:settings') ?? DEFAULT_CHAT_SETTINGS;
  const messages = events.filter(({ event }) => event === 'chat:message').slice(0, RECENT_MESSAGES);
  return {
    programme: told >= 0 && (began < 0 || told < began) ? { show, host, track, at } : null,
    settings: { mode, slowSeconds, links },
    messages: messages.map(({ data }) => data as ChatMessageEvent).reverse(),
  };
}
