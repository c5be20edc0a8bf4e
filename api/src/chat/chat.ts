import {
  AwazError,
  type ChatHold,
  type ChatMessageEvent,
  type ChatSettings,
  type ErrorCode,
} from '@awaz/infra/contract';
import { chatKeys, type RedisHandle } from '@awaz/infra/redis';
import { ChatHistory, type HistoryPage } from './chat-history.ts';
import { RECENT_MESSAGES } from './chat-limits.ts';
import { type ChatRules, checkMessage, KnownRules, parseSettings } from './chat-rules.ts';
import { chatText } from './chat-text.ts';
import { type KeepOutcome, keepMessage } from './keep-message.ts';
import { heardMediaTime } from './media-time.ts';
import { mentionsIn, recentPeople } from './mentions.ts';
import { readHold } from './restriction-records.ts';
import { type AddressKey, authorOf, isStaff, type Speaker } from './speaker.ts';

/** How often a message is checked again because the settings changed under it. */
const MAX_TRIES = 5;

/** What a chat needs; the caller owns it. */
export type ChatOptions = {
  handle: RedisHandle;
  addressKey: AddressKey;
};

/** What somebody wants to say. */
export type NewMessage = {
  text: string;
  /** Programme date-time that they hear, ms since 1970. */
  mediaTime?: number | undefined;
  /** The same one within two minutes brings the first answer again; for who did not get it. */
  key?: string | undefined;
};

/** The chats of all stations. Owns nothing; the truth is in Redis. */
export class Chat {
  readonly #options: ChatOptions;
  readonly #rules: KnownRules;
  readonly #history: ChatHistory;

  constructor(options: ChatOptions) {
    this.#options = options;
    this.#rules = new KnownRules(options.handle);
    this.#history = new ChatHistory(options.handle);
  }

  /**
   * Says something in the chat of a station, on all nodes, and answers with the message's id and time. Whether the speaker
   * may see the station is the caller's business. Throws an `AwazError`: `message_refused`, `chat_closed`, `muted`,
   * `banned`, `slow_mode` (the latter three with `retryAfterMs` where it ends by itself), `unknown_station`.
   */
  async send(station: string, speaker: Speaker, message: NewMessage): Promise<{ id: string; at: number }> {
    const text = chatText(message.text);
    const addressKey = await this.#options.addressKey(station, speaker.address);
    const mentions = await this.#mentions(station, text);
    const mediaTime = heardMediaTime(message.mediaTime, Date.now());
    const body = { author: authorOf(speaker), text, mediaTime, mentions };
    const { key } = message;
    const record = { name: body.author.name, address: addressKey };
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const { version } = await this.#check(station, speaker, text);
      const toKeep = {
        station,
        version,
        person: speaker.id,
        addressKey,
        isExempt: isStaff(speaker),
        body,
        record,
        key,
      };
      const outcome = await keepMessage(this.#options.handle, toKeep);
      if (outcome.outcome === 'kept') return { id: outcome.id, at: outcome.at };
      if (outcome.outcome !== 'stale') throw refusal(outcome);
      this.#rules.forget(station);
    }
    throw new AwazError('unavailable', 'The settings of this chat change too fast. Try again.', { retryAfterMs: 1000 });
  }

  /** The last messages, the oldest first. */
  recent(station: string): Promise<ChatMessageEvent[]> {
    return this.#history.recent(station, RECENT_MESSAGES);
  }

  /** What the chat allows now. */
  async settings(station: string): Promise<ChatSettings> {
    return parseSettings(await this.#options.handle.commands.hgetall(chatKeys(station).settings));
  }

  /** What keeps somebody from writing who otherwise might. */
  async held(station: string, who: Pick<Speaker, 'id' | 'actor' | 'address'>): Promise<ChatHold | undefined> {
    if (isStaff(who)) return undefined;
    const { handle, addressKey } = this.#options;
    return readHold(handle, station, { id: who.id, addressKey: await addressKey(station, who.address) });
  }

  /** Messages from the newest to the oldest, in pages; `before` is that of the page before. */
  page(station: string, wish: { before?: number | undefined; limit: number }): Promise<HistoryPage> {
    return this.#history.page(station, wish);
  }

  /** The rules that let the speaker say this. A refusal is told by the newest ones only. */
  async #check(station: string, speaker: Speaker, text: string): Promise<ChatRules> {
    const known = await this.#rules.get(station);
    try {
      checkMessage(known, speaker, text);
      return known;
    } catch (refusal) {
      this.#rules.forget(station);
      const rules = await this.#rules.get(station);
      if (rules.version === known.version) throw refusal;
      checkMessage(rules, speaker, text);
      return rules;
    }
  }

  async #mentions(station: string, text: string): Promise<string[] | undefined> {
    if (!text.includes('@')) return undefined;
    const mentions = mentionsIn(text, await recentPeople(this.#options.handle, station));
    return mentions.length === 0 ? undefined : mentions;
  }
}

type Refused = Exclude<KeepOutcome, { outcome: 'kept' }>;

function refusal(refused: Refused): AwazError {
  const retryAfterMs = 'retryAfterMs' in refused ? refused.retryAfterMs : undefined;
  const [code, message] = REFUSALS[refused.outcome](retryAfterMs);
  return new AwazError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs });
}

const REFUSALS: Record<Refused['outcome'], (ms?: number) => [code: ErrorCode, message: string]> = {
  slow: (ms = 0) => ['slow_mode', `This chat is in slow mode. You can write again in ${seconds(ms)} s.`],
  mute: (ms) => ['muted', `You are muted in this chat${ms === undefined ? '' : ` for ${seconds(ms)} more seconds`}.`],
  ban: (ms) => [
    'banned',
    `You are banned from this chat${ms === undefined ? '' : ` for ${seconds(ms)} more seconds`}.`,
  ],
  unknown_station: () => ['unknown_station', 'There is no station by this name.'],
  stale: () => ['unavailable', 'The settings of this chat change too fast. Try again.'],
};

function seconds(ms: number): number {
  return Math.ceil(ms / 1000);
}
