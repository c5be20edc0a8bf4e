import { AwazError, type EventPosition, formatEventId, parseEventId, type WebhookEvent } from '@awaz/infra/contract';
import { EventLog } from '@awaz/infra/events';
import { type RedisHandle, Script, stationKeys, WEBHOOK_STATIONS_KEY } from '@awaz/infra/redis';
import { inOrder, type KnownWebhook, newSecret, newWebhook, type Webhook } from './webhook.ts';

/** Most webhooks of a station. */
export const MAX_WEBHOOKS = 5;

// KEYS station, webhooks, cursor · ARGV id, webhook, most, position. -1: there is no station, 0: there is no room.
const addScript = new Script<number>(`
if redis.call('EXISTS', KEYS[1]) == 0 then return -1 end
if redis.call('HLEN', KEYS[2]) >= tonumber(ARGV[3]) then return 0 end
redis.call('SET', KEYS[3], ARGV[4], 'NX')
return redis.call('HSET', KEYS[2], ARGV[1], ARGV[2])
`);

// KEYS webhooks · ARGV id, webhook
const replaceScript = new Script<number>(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
`);

// KEYS webhooks, states, cursor · ARGV id. -1: there is none; otherwise how many are left.
const removeScript = new Script<number>(`
if redis.call('HDEL', KEYS[1], ARGV[1]) == 0 then return -1 end
redis.call('HDEL', KEYS[2], ARGV[1] .. ':failing', ARGV[1] .. ':off', ARGV[1] .. ':why')
local left = redis.call('HLEN', KEYS[1])
if left == 0 then redis.call('DEL', KEYS[2], KEYS[3]) end
return left
`);

// KEYS webhooks, states · ARGV id, field, value. Keeps a state once; answers what is kept, nothing when there is no webhook.
const noteScript = new Script<Buffer | null>(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return false end
redis.call('HSETNX', KEYS[2], ARGV[1] .. ':' .. ARGV[2], ARGV[3])
return redis.call('HGET', KEYS[2], ARGV[1] .. ':' .. ARGV[2])
`);

/** What may change about a webhook; what is left out stays. */
export type WebhookChanges = {
  url?: string | undefined;
  events?: readonly WebhookEvent[] | undefined;
  /** Switches it off, or on again with a clean slate. */
  enabled?: boolean | undefined;
};

/** Webhooks of stations, how sending to them goes, and up to which event they were told. Stateless. */
export class WebhookStore {
  readonly #handle: RedisHandle;
  readonly #log: EventLog;

  constructor(handle: RedisHandle) {
    this.#handle = handle;
    this.#log = new EventLog(handle);
  }

  /** Makes a webhook, which is told what happens from now on. Throws `unknown_station` or `limit_reached`. */
  async add(station: string, wish: { url: string; events: readonly WebhookEvent[] }): Promise<KnownWebhook> {
    const webhook = newWebhook(wish);
    const keys = stationKeys(station);
    // First the set: a crash in between leaves a name without webhooks, which does no harm.
    await this.#handle.commands.sadd(WEBHOOK_STATIONS_KEY, station);
    const position = formatEventId(await this.#log.position(station));
    const values = [webhook.id, JSON.stringify(webhook), MAX_WEBHOOKS, position];
    const names = [keys.station, keys.webhooks, keys.webhookCursor];
    const added = await addScript.run(this.#handle.commands, names, values);
    if (added === -1) throw new AwazError('unknown_station', `There is no station "${station}".`);
    if (added === 0) {
      throw new AwazError('limit_reached', `"${station}" has ${MAX_WEBHOOKS} webhooks. Remove one first.`);
    }
    return { ...webhook, failingSince: undefined, disabledAt: undefined, disabledReason: undefined };
  }

  /** All webhooks of a station, the oldest first. */
  async list(station: string): Promise<KnownWebhook[]> {
    const { webhooks, webhookStates } = stationKeys(station);
    const [kept, states] = await Promise.all([
      this.#handle.commands.hgetall(webhooks),
      this.#handle.commands.hgetall(webhookStates),
    ]);
    const all = Object.values(kept).map((text) => withState(JSON.parse(text) as Webhook, states));
    return all.sort((a, b) => a.createdAt - b.createdAt);
  }

  /** One webhook. Throws `not_found`. */
  async get(station: string, id: string): Promise<KnownWebhook> {
    const found = await this.find(station, id);
    if (found === undefined) throw new AwazError('not_found', `Station "${station}" has no webhook "${id}".`);
    return found;
  }

  /** One webhook; undefined when there is none. */
  async find(station: string, id: string): Promise<KnownWebhook | undefined> {
    return (await this.list(station)).find((webhook) => webhook.id === id);
  }

  /** Changes a webhook and returns it. Throws `not_found`. */
  async change(station: string, id: string, { url, events, enabled }: WebhookChanges): Promise<KnownWebhook> {
    const { failingSince: _, disabledAt: __, disabledReason: ___, ...webhook } = await this.get(station, id);
    const changed: Webhook = { ...webhook, url: url ?? webhook.url, events: events ? inOrder(events) : webhook.events };
    const { webhooks, webhookStates } = stationKeys(station);
    await replaceScript.run(this.#handle.commands, [webhooks], [id, JSON.stringify(changed)]);
    if (enabled === true) await this.#handle.commands.hdel(webhookStates, `${id}:failing`, `${id}:off`, `${id}:why`);
    if (enabled === false) await this.disable(station, id, 'switched off by its owner');
    return this.get(station, id);
  }

  /**
   * Gives a webhook another secret and returns it; the one before signs too for a while, in ms. Throws `not_found`.
   */
  async rotate(station: string, id: string, overlapMs: number): Promise<KnownWebhook> {
    const { failingSince: _, disabledAt: __, disabledReason: ___, ...webhook } = await this.get(station, id);
    const previous = { secret: webhook.secret, until: Date.now() + overlapMs };
    const rotated: Webhook = { ...webhook, secret: newSecret(), previous };
    await replaceScript.run(this.#handle.commands, [stationKeys(station).webhooks], [id, JSON.stringify(rotated)]);
    return this.get(station, id);
  }

  /** Removes a webhook; what was on its way to it is not sent any more. Throws `not_found`. */
  async remove(station: string, id: string): Promise<void> {
    const { webhooks, webhookStates, webhookCursor } = stationKeys(station);
    const left = await removeScript.run(this.#handle.commands, [webhooks, webhookStates, webhookCursor], [id]);
    if (left === -1) throw new AwazError('not_found', `Station "${station}" has no webhook "${id}".`);
    if (left > 0) return;
    await this.#handle.commands.srem(WEBHOOK_STATIONS_KEY, station);
    // Another one may have been made in between.
    if ((await this.#handle.commands.hlen(webhooks)) > 0)
      await this.#handle.commands.sadd(WEBHOOK_STATIONS_KEY, station);
  }

  /** Switches a webhook off. */
  async disable(station: string, id: string, reason: string): Promise<void> {
    await this.#note(station, id, ['why', reason]);
    await this.#note(station, id, ['off', String(Date.now())]);
  }

  /** Notes that a message was taken. */
  async taken(station: string, id: string): Promise<void> {
    await this.#handle.commands.hdel(stationKeys(station).webhookStates, `${id}:failing`);
  }

  /** Notes that a message was not taken; answers since when none was, ms since 1970. */
  async failed(station: string, id: string): Promise<number> {
    const now = Date.now();
    return Number((await this.#note(station, id, ['failing', String(now)])) ?? now);
  }

  /** Stations that have webhooks, and perhaps some that have none any more. */
  stations(): Promise<string[]> {
    return this.#handle.commands.smembers(WEBHOOK_STATIONS_KEY);
  }

  /** Place of the last event that its webhooks were told. */
  async cursor(station: string): Promise<EventPosition | undefined> {
    const text = await this.#handle.commands.get(stationKeys(station).webhookCursor);
    return text === null ? undefined : parseEventId(text);
  }

  /** Notes up to where its webhooks were told; does nothing when it has none any more. */
  async setCursor(station: string, position: EventPosition): Promise<void> {
    await this.#handle.commands.set(stationKeys(station).webhookCursor, formatEventId(position), 'XX');
  }

  async #note(station: string, id: string, [field, value]: [string, string]): Promise<string | undefined> {
    const { webhooks, webhookStates } = stationKeys(station);
    const kept = await noteScript.run(this.#handle.commands, [webhooks, webhookStates], [id, field, value]);
    return kept?.toString();
  }
}

function withState(webhook: Webhook, states: Record<string, string>): KnownWebhook {
  const time = (field: string) => {
    const text = states[`${webhook.id}:${field}`];
    return text === undefined ? undefined : Number(text);
  };
  const disabledReason = states[`${webhook.id}:why`];
  return { ...webhook, failingSince: time('failing'), disabledAt: time('off'), disabledReason };
}
