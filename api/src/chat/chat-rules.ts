import {
  AwazError,
  CHAT_MODES,
  type ChatMode,
  type ChatSettings,
  DEFAULT_CHAT_SETTINGS,
  mayChatIn,
  type StaffChatSettings,
} from '@awaz/infra/contract';
import { chatKeys, type RedisHandle } from '@awaz/infra/redis';
import { holdsLink } from './links.ts';
import { isStaff, type Speaker } from './speaker.ts';
import { WordFilter } from './word-filter.ts';

/** Most stations whose rules are kept in memory; those not used for longest are read again. */
const MAX_KNOWN_STATIONS = 1000;

/** What holds in the chat of a station: settings made ready for use. */
export type ChatRules = {
  /** Changes with each change of the settings; empty where none were made. */
  version: string;
  settings: ChatSettings;
  words: WordFilter;
};

/** Reads the settings hash of a chat. */
export function parseSettings(hash: Record<string, string>): ChatSettings {
  const { mode = '', slowSeconds, links } = hash;
  return {
    mode: CHAT_MODES.find((each) => each === mode) ?? DEFAULT_CHAT_SETTINGS.mode,
    slowSeconds: Number(slowSeconds ?? DEFAULT_CHAT_SETTINGS.slowSeconds),
    links: links === 'staff' ? 'staff' : DEFAULT_CHAT_SETTINGS.links,
  };
}

/** Reads the settings hash of a chat with its word filter. */
export function staffSettings(hash: Record<string, string>): StaffChatSettings {
  return { ...parseSettings(hash), words: JSON.parse(hash.words ?? '[]') as string[] };
}

/**
 * Whether a speaker may write this text, as far as it does not depend on what was written before. Throws `chat_closed` or
 * `message_refused`.
 */
export function checkMessage({ settings, words }: ChatRules, speaker: Speaker, text: string): void {
  const { mode, links } = settings;
  if (!mayChatIn(mode, speaker.actor)) throw new AwazError('chat_closed', CLOSED[mode]);
  if (isStaff(speaker)) return;
  // Accounts are known by their names; guests may write anything there.
  const readings =
    speaker.actor === 'guest' ? { 'the message': text, 'your name': speaker.name } : { 'the message': text };
  for (const [where, reading] of Object.entries(readings)) {
    if (links === 'staff' && holdsLink(reading)) throw refused(`${where} holds a link, and this chat takes none`);
    if (words.finds(reading)) throw refused(`${where} holds a word that is not wanted in this chat`);
  }
}

function refused(why: string): AwazError {
  return new AwazError('message_refused', `Not sent: ${why}.`);
}

const CLOSED: Record<ChatMode, string> = {
  everyone: 'You may not write in this chat.',
  accounts: 'Sign in to write in this chat.',
  members: 'Only members of this station may write in this chat.',
  off: 'This chat is closed.',
};

/**
 * Rules of the stations whose chats are used, kept until somebody finds them out of date: the script that keeps a message
 * compares their version.
 */
export class KnownRules {
  readonly #handle: RedisHandle;
  readonly #known = new Map<string, ChatRules>();

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** The rules of a station, maybe out of date. */
  async get(station: string): Promise<ChatRules> {
    const known = this.#known.get(station) ?? (await this.#read(station));
    this.#known.delete(station); // to the end of the order
    this.#known.set(station, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN_STATIONS && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }

  /** Forgets rules that are out of date. */
  forget(station: string): void {
    this.#known.delete(station);
  }

  async #read(station: string): Promise<ChatRules> {
    const hash = await this.#handle.commands.hgetall(chatKeys(station).settings);
    const { words, ...settings } = staffSettings(hash);
    return { version: hash.version ?? '', settings, words: new WordFilter(words) };
  }
}
