import type { EventBodies, EventPosition, KeptEventName } from '../contract/index.ts';
import { eventKeys, type RedisHandle, readStream, Script } from '../redis/index.ts';
import {
  APPEND_EVENT_LUA,
  appendEventArguments,
  appendEventKeys,
  KEPT_EVENTS_PER_TOPIC,
  positionOf,
  type RawPosition,
} from './append-event.ts';

/** An event that was kept. */
export type KeptEvent<Name extends KeptEventName = KeptEventName> = {
  [Each in Name]: { event: Each; body: EventBodies[Each]; position: EventPosition };
}[Name];

/** What came after a place. */
export type EventsSince = {
  /** In order. */
  events: KeptEvent[];
  /** Place of the newest event. */
  position: EventPosition;
  /** The place is too old or was never one: `events` holds nothing and something may have been missed. */
  reset: boolean;
};

// KEYS events, head · ARGV epoch, channel, name, body
const appendScript = new Script<RawPosition>(`${APPEND_EVENT_LUA} return append_event(1, 1, ARGV[3], ARGV[4])`);

// KEYS events, head · ARGV epoch, channel
const headScript = new Script<RawPosition>(`${APPEND_EVENT_LUA} return current_head(1, 1)`);

/**
 * What happened on a station, or in the directory (`DIRECTORY_TOPIC`), in one order that is the same on every node.
 * Stateless; the truth is in Redis. Whoever keeps an event tells it to all nodes in the same step.
 */
export class EventLog {
  readonly #handle: RedisHandle;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
  }

  /** Keeps an event and tells all nodes. Rejects with Redis's own error. */
  async append<Name extends KeptEventName>(
    topic: string,
    event: Name,
    body: EventBodies[Name],
  ): Promise<EventPosition> {
    const values = [...appendEventArguments(topic), event, JSON.stringify(body)];
    return positionOf(await appendScript.run(this.#handle.commands, appendEventKeys(topic), values));
  }

  /** Place of the newest event; offset 0 before the first. */
  async position(topic: string): Promise<EventPosition> {
    const values = appendEventArguments(topic);
    return positionOf(await headScript.run(this.#handle.commands, appendEventKeys(topic), values));
  }

  /** All events after a place, up to the newest that was there when the call began. */
  async since(topic: string, place: EventPosition): Promise<EventsSince> {
    const position = await this.position(topic);
    const from = await this.#offsetToday(topic, place, position);
    if (from === undefined || from > position.offset) return { events: [], position, reset: true };
    if (from === position.offset) return { events: [], position, reset: false };
    const whole = await this.#wholeFrom(topic);
    if (whole === undefined || from < whole) return { events: [], position, reset: true };
    const { events: key } = eventKeys(topic);
    const range = { from: `(${from}-0`, to: `${position.offset}-0`, count: 2 * KEPT_EVENTS_PER_TOPIC };
    const entries = await readStream(this.#handle.commands, key, range);
    const events = entries.map(({ id, fields }) => ({
      event: String(fields.get('event')) as KeptEventName,
      body: JSON.parse(String(fields.get('body'))),
      position: { epoch: String(fields.get('epoch') ?? position.epoch), offset: Number.parseInt(id, 10) },
    }));
    return { events: events as KeptEvent[], position, reset: false };
  }

  /** Takes an event out, so that no replay brings it again. Its place stays taken. */
  async erase(topic: string, offset: number): Promise<void> {
    await this.#handle.commands.xdel(eventKeys(topic).events, `${offset}-0`);
  }

  /** The offset of a place in today's epoch; undefined when its epoch is not known any more. */
  async #offsetToday(topic: string, place: EventPosition, now: EventPosition): Promise<number | undefined> {
    if (place.epoch === now.epoch) return place.offset;
    const last = await this.#handle.commands.hget(eventKeys(topic).eventHead, `was:${place.epoch}`);
    return last === null ? undefined : Math.min(place.offset, Number(last));
  }

  /**
   * The oldest place after which nothing was dropped for want of room; undefined when nothing is kept. What was erased on
   * purpose is not missed: where the first event is not the first one of the stream, the number of all that were ever added
   * tells it (since Redis 7).
   */
  async #wholeFrom(topic: string): Promise<number | undefined> {
    const facts = await streamFacts(this.#handle, eventKeys(topic).events);
    if (facts === undefined) return undefined;
    const { first, last, added } = facts;
    const atLeast = Math.max(last - (added ?? 0), last - KEPT_EVENTS_PER_TOPIC);
    return added === undefined ? first - 1 : Math.min(first - 1, atLeast);
  }
}

/** First and last offset of a stream, and how many entries it ever got where Redis tells; undefined when it is empty. */
async function streamFacts(
  { commands }: RedisHandle,
  key: string,
): Promise<{ first: number; last: number; added: number | undefined } | undefined> {
  const pairs = (await commands.xinfo('STREAM', key).catch(noSuchKey)) as unknown[];
  const fact = (name: string) => {
    const at = pairs.indexOf(name);
    return at < 0 ? undefined : pairs[at + 1];
  };
  const [first] = (fact('first-entry') as [id: string] | null | undefined) ?? [];
  if (first === undefined) return undefined;
  const added = fact('entries-added');
  return {
    first: Number.parseInt(first, 10),
    last: Number.parseInt(String(fact('last-generated-id')), 10),
    added: added === undefined ? undefined : Number(added),
  };
}

function noSuchKey(error: Error): unknown[] {
  if (error.message.includes('no such key')) return [];
  throw error;
}
