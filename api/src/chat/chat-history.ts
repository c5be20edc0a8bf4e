import { type ChatMessage, type ChatMessageEvent, parseEventId } from '@awaz/infra/contract';
import { chatKeys, type RedisHandle } from '@awaz/infra/redis';
import { HISTORY_MS } from './chat-limits.ts';

/** A message as the history keeps it. */
export type KeptMessage = ChatMessage & { id: string };

/** Some messages, the newest first, and where the next older ones begin; undefined when there are none. */
export type HistoryPage = { messages: KeptMessage[]; before: number | undefined };

/** The last messages of stations. Stateless; the truth is in Redis. */
export class ChatHistory {
  readonly #handle: RedisHandle;
  readonly #now: () => number;

  constructor(handle: RedisHandle, now: () => number = Date.now) {
    this.#handle = handle;
    this.#now = now;
  }

  /** Messages before a place that an earlier page gave, or the newest ones. */
  async page(station: string, { before, limit }: { before?: number | undefined; limit: number }): Promise<HistoryPage> {
    const from = before === undefined ? '+' : `(${before}-0`;
    const { history } = chatKeys(station);
    const entries = await this.#handle.commands.xrevrange(history, from, '-', 'COUNT', limit);
    const oldest = this.#now() - HISTORY_MS;
    const messages = entries.map(([, [, body]]) => JSON.parse(String(body)) as KeptMessage);
    const fresh = messages.filter(({ at }) => at >= oldest);
    const last = entries.at(-1);
    const isLast = entries.length < limit || fresh.length < entries.length || last === undefined;
    return { messages: fresh, before: isLast ? undefined : Number.parseInt(last[0], 10) };
  }

  /** The last messages as events, the oldest first. */
  async recent(station: string, limit: number): Promise<ChatMessageEvent[]> {
    const { messages } = await this.page(station, { limit });
    return messages.map((message) => ({ ...message, station, position: message.id })).reverse();
  }
}

/** The place of a message in the history; undefined when its id cannot be one. */
export function historyPlace(id: string): string | undefined {
  const position = parseEventId(id);
  return position === undefined ? undefined : `${position.offset}-0`;
}
