import { randomBytes } from 'node:crypto';
import { AwazError, DEFAULT_CHAT_SETTINGS, type StaffChatSettings } from '@awaz/infra/contract';
import { APPEND_EVENT_LUA, appendEventArguments, appendEventKeys } from '@awaz/infra/events';
import { chatKeys, type RedisHandle, Script, stationKeys } from '@awaz/infra/redis';
import { staffSettings } from './chat-rules.ts';
import { type ModerationRecorder, noteStep } from './moderation-log.ts';
import type { Speaker } from './speaker.ts';
import { checkedWords } from './word-filter.ts';

// KEYS station, settings, events, head · ARGV epoch, channel, version, fields…; returns the hash before and after
const changeScript = new Script<Buffer[][] | null>(`${APPEND_EVENT_LUA}
if redis.call('EXISTS', KEYS[1]) == 0 then return false end
local function told()
  local set = redis.call('HMGET', KEYS[2], 'mode', 'slowSeconds', 'links')
  return string.format('{"mode":"%s","slowSeconds":%d,"links":"%s"}',
    set[1] or '${DEFAULT_CHAT_SETTINGS.mode}',
    tonumber(set[2] or '${DEFAULT_CHAT_SETTINGS.slowSeconds}'),
    set[3] or '${DEFAULT_CHAT_SETTINGS.links}')
end
local before, told_before = redis.call('HGETALL', KEYS[2]), told()
redis.call('HSET', KEYS[2], 'version', ARGV[3])
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
local now = told()
if now ~= told_before then append_event(3, 1, 'chat:settings', now) end
return {before, redis.call('HGETALL', KEYS[2])}
`);

/** What may change; what is left out stays. */
export type ChatSettingsChanges = Partial<StaffChatSettings>;

/** What settings need. */
export type SettingsStoreOptions = { handle: RedisHandle; audit: ModerationRecorder };

/** What chats allow. Stateless; every message is checked against the newest settings. */
export class SettingsStore {
  readonly #options: SettingsStoreOptions;

  constructor(options: SettingsStoreOptions) {
    this.#options = options;
  }

  /** The settings with the word filter, for those who look after the chat. */
  async get(station: string): Promise<StaffChatSettings> {
    return staffSettings(await this.#options.handle.commands.hgetall(chatKeys(station).settings));
  }

  /** Changes settings and tells all nodes what everybody may know of them. Throws `bad_request` or `unknown_station`. */
  async change(station: string, changes: ChatSettingsChanges, by: Speaker): Promise<StaffChatSettings> {
    const fields = changedFields(changes);
    const keys = [stationKeys(station).station, chatKeys(station).settings, ...appendEventKeys(station)];
    const version = randomBytes(6).toString('base64url');
    const values = [...appendEventArguments(station), version, ...Object.entries(fields).flat()];
    const raw = await changeScript.run(this.#options.handle.commands, keys, values);
    if (raw === null) throw new AwazError('unknown_station', 'There is no station by this name.');
    const [before, after] = raw.map((pairs) => staffSettings(hashOf(pairs)));
    if (after === undefined) throw new TypeError('The settings of a chat did not come back.');
    await noteStep(this.#options.audit, { action: 'chat:settings:set', station, by, before, after });
    return after;
  }
}

function changedFields({ mode, slowSeconds, links, words }: ChatSettingsChanges): Record<string, string> {
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(slowSeconds === undefined ? {} : { slowSeconds: String(slowSeconds) }),
    ...(links === undefined ? {} : { links }),
    ...(words === undefined ? {} : { words: JSON.stringify(checkedWords(words)) }),
  };
}

function hashOf(pairs: readonly Buffer[]): Record<string, string> {
  const hash: Record<string, string> = {};
  for (let at = 0; at + 1 < pairs.length; at += 2) hash[String(pairs[at])] = String(pairs[at + 1]);
  return hash;
}
