import type { EventPosition, KeptEventName } from '../contract/index.ts';
import { eventKeys } from '../redis/index.ts';

/** Events that are kept per topic at least; older ones go as new ones come. */
export const KEPT_EVENTS_PER_TOPIC = 4000;

/** How long the events of a topic stay after the newest, in ms. */
const EVENTS_TTL_MS = 24 * 3_600_000;

/** How long places of events stay known after the newest event, in ms. */
const HEAD_TTL_MS = 30 * 24 * 3_600_000;

/**
 * Lua that a script puts before its own text, to keep an event in the same step as what the event tells of:
 * `append_event(at, name, body)` with `at` the index in KEYS of {@link appendEventKeys} and, one further each, in ARGV of
 * {@link appendEventArguments}, is told to every node and returns `{epoch, offset}`; `body` is JSON, or a function that
 * makes it of the event's id. `current_head(at)` returns the same for the newest event and begins an epoch where there is
 * none.
 *
 * An epoch ends when another Redis server goes on with the data, since it may have lost the newest events: `was:{epoch}`
 * in the head keeps the last offset that was still there, so that who knows a place of the old epoch can go on from it.
 * An event keeps the place under which it was told first.
 */
export const APPEND_EVENT_LUA = `
local function server_run()
  local info = redis.pcall('INFO', 'server')
  return type(info) == 'string' and string.match(info, 'run_id:(%x+)') or ''
end
local function current_head(keys, args)
  local head = redis.call('HMGET', KEYS[keys + 1], 'epoch', 'offset', 'run')
  local epoch, offset = head[1], tonumber(head[2] or '0')
  local run = server_run()
  if not epoch or (run ~= '' and head[3] ~= run) then
    if epoch then redis.call('HSET', KEYS[keys + 1], 'was:' .. epoch, offset) end
    epoch = ARGV[args]
    redis.call('HSET', KEYS[keys + 1], 'epoch', epoch, 'offset', offset, 'run', run)
    redis.call('PEXPIRE', KEYS[keys + 1], ${HEAD_TTL_MS})
  end
  return {epoch, offset}
end
local function append_event(keys, args, name, body)
  local head = current_head(keys, args)
  local epoch, offset = head[1], head[2] + 1
  if type(body) == 'function' then body = body(epoch .. '-' .. string.format('%.0f', offset)) end
  redis.call('HSET', KEYS[keys + 1], 'offset', offset)
  redis.call('PEXPIRE', KEYS[keys + 1], ${HEAD_TTL_MS})
  redis.call('XADD', KEYS[keys], 'MAXLEN', '~', ${KEPT_EVENTS_PER_TOPIC}, string.format('%.0f-0', offset), 'event', name, 'body', body, 'epoch', epoch)
  redis.call('PEXPIRE', KEYS[keys], ${EVENTS_TTL_MS})
  local place = '{"epoch":"' .. epoch .. '","offset":' .. string.format('%.0f', offset)
  redis.call('PUBLISH', ARGV[args + 1], place .. ',"event":"' .. name .. '","body":' .. body .. '}')
  return {epoch, offset}
end
`;

/** KEYS that {@link APPEND_EVENT_LUA} needs, in a row: stream and head. */
export function appendEventKeys(topic: string): string[] {
  const { events, eventHead } = eventKeys(topic);
  return [events, eventHead];
}

/** ARGV that {@link APPEND_EVENT_LUA} needs, in a row: an epoch in case one has to begin, and the channel. */
export function appendEventArguments(topic: string): string[] {
  return [freshEpoch(), eventKeys(topic).eventChannel];
}

/** What `append_event` and `current_head` return, as {@link Script} hands it out. */
export type RawPosition = [epoch: Buffer, offset: number];

/** Reads what `append_event` returned. */
export function positionOf([epoch, offset]: RawPosition): EventPosition {
  return { epoch: epoch.toString(), offset: Number(offset) };
}

/** An event as the channel carries it. */
export type ChannelMessage = EventPosition & { event: KeptEventName; body: Record<string, unknown> };

function freshEpoch(): string {
  return (
    Math.floor(Date.now()).toString(36) +
    Math.floor(Math.random() * 36 ** 4)
      .toString(36)
      .padStart(4, '0')
  );
}
