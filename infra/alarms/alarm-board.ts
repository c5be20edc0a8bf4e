import { ALARM_NAMES, type AlarmLevel, type AlarmName } from '../contract/index.ts';
import { APPEND_EVENT_LUA, appendEventArguments, appendEventKeys } from '../events/index.ts';
import { broadcastKeys, type RedisHandle, Script, stationKeys } from '../redis/index.ts';

/** How long the alarms of a broadcast are known after the last change, in ms. */
const ALARMS_TTL_MS = 24 * 3_600_000;

/** How an alarm stands. */
export type AlarmState = {
  level: AlarmLevel;
  /** Since when, ms since 1970; while `off`, since when what may become an alarm goes on, 0 when nothing does. */
  since: number;
};

/** Who may change an alarm: only as long as the key holds the value. Its key shares the station's hash tag. */
export type AlarmGuard = { key: string; value: string };

/** What an alarm is to be. */
export type AlarmChange = AlarmState & { alarm: AlarmName };

// KEYS guard, live, alarms, events, head · ARGV guard value, broadcastId, alarm, level, since, body, ttlMs, epoch, channel
// Answer: 1 when it was told, 0 when there is nothing to tell, -1 when this process may not say it any more.
const setScript = new Script<number>(`${APPEND_EVENT_LUA}
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end
local live = redis.call('HMGET', KEYS[2], 'broadcastId', 'state')
if live[1] ~= ARGV[2] or live[2] ~= 'live' then return -1 end
local known = redis.call('HGET', KEYS[3], ARGV[3])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4] .. ' ' .. ARGV[5])
redis.call('PEXPIRE', KEYS[3], ARGV[7])
if string.match(known or 'off', '^%a+') == ARGV[4] then return 0 end
append_event(4, 8, 'stream:alarm', ARGV[6])
return 1
`);

/**
 * The alarms of broadcasts. A change of level is kept as `stream:alarm` in the same step, so it is told once: a process
 * that takes over and says the same tells nothing. Stateless; rejects with Redis's own error.
 */
export class AlarmBoard {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** The alarms of a broadcast as they stand; what was never set is left out. */
  async read(broadcast: { station: string; broadcastId: string }): Promise<Map<AlarmName, AlarmState>> {
    const { alarms } = broadcastKeys(broadcast.station, broadcast.broadcastId);
    const fields = await this.#handle.commands.hgetall(alarms);
    const known = ALARM_NAMES.filter((name) => fields[name] !== undefined);
    return new Map(known.map((name) => [name, parseState(fields[name] ?? '')]));
  }

  /**
   * Sets an alarm. `told`: it was news; `known`: its level was that already; `refused`: the guard's key holds another value
   * by now, or the broadcast is over.
   */
  async set(
    broadcast: { station: string; broadcastId: string },
    guard: AlarmGuard,
    change: AlarmChange,
  ): Promise<'told' | 'known' | 'refused'> {
    const { station, broadcastId } = broadcast;
    const { alarm, level, since } = change;
    const body = JSON.stringify({ broadcastId, alarm, level, since, at: Date.now() });
    const keys = [guard.key, stationKeys(station).live, broadcastKeys(station, broadcastId).alarms];
    const values = [guard.value, broadcastId, alarm, level, since, body, ALARMS_TTL_MS];
    const answer = await setScript.run(
      this.#handle.commands,
      [...keys, ...appendEventKeys(station)],
      [...values, ...appendEventArguments(station)],
    );
    return answer < 0 ? 'refused' : answer === 1 ? 'told' : 'known';
  }
}

function parseState(text: string): AlarmState {
  const [level = 'off', since = '0'] = text.split(' ');
  return { level: level as AlarmLevel, since: Number(since) };
}
