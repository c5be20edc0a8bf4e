import { randomBytes } from 'node:crypto';
import { EventFeed, EventLog, type Following } from '@awaz/infra/events';
import { type ControlBus, isRedisAway, type RedisHandle, Script, WEBHOOK_DISPATCHER_KEY } from '@awaz/infra/redis';
import type { Logger, Service } from '@awaz/infra/runtime';
import { deliveryOf, webhookEventOf } from './webhook-message.ts';
import type { WebhookMetrics } from './webhook-metrics.ts';
import type { WebhookQueue } from './webhook-queue.ts';
import type { WebhookStore } from './webhook-store.ts';

/** Life of the lead between two renewals, in ms: how long nobody tells anything after its process was killed. */
const LEAD_MS = 6000;

/** How often the lead is renewed, or asked for, and stations with their first webhook are looked for, in ms. */
const RENEW_MS = 2000;

/** How often the events of all stations are looked at, in ms, whether anything was heard of them or not. */
const SWEEP_MS = 30_000;

// KEYS lead · ARGV token, ms
const leadScript = new Script<number>(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);

const leaveScript = new Script<number>(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
`);

/** What a dispatcher needs; the caller closes all of it after it. */
export type WebhookDispatcherOptions = {
  handle: RedisHandle;
  bus: Pick<ControlBus, 'listen'>;
  store: WebhookStore;
  queue: Pick<WebhookQueue, 'add'>;
  metrics: Pick<WebhookMetrics, 'lost'>;
  logger: Logger;
};

type Station = { following: Following | undefined; pumping: boolean; again: boolean };

/**
 * Makes messages of kept events for the webhooks of all stations. One process leads; when it dies another one goes on
 * within seconds, from the place in the events of each station up to which messages are in the queue. An event may be
 * taken up twice, but its messages have names of their own and are queued once.
 */
export class WebhookDispatcher implements Service {
  readonly #options: WebhookDispatcherOptions;
  readonly #log: EventLog;
  readonly #token = randomBytes(12).toString('hex');
  readonly #stations = new Map<string, Station>();
  readonly #unlisten: () => void;
  readonly #timer: NodeJS.Timeout;
  #feed: EventFeed | undefined;
  #sweptAt = Number.NEGATIVE_INFINITY;
  #beating: Promise<void> | undefined;
  #closed = false;

  constructor(options: WebhookDispatcherOptions) {
    this.#options = options;
    this.#log = new EventLog(options.handle);
    this.#unlisten = options.bus.listen((message) => {
      if (message.type === 'station_changed' && this.leads) this.#nudge(message.station);
    });
    this.#timer = setInterval(() => this.#beatOnce(), RENEW_MS).unref();
    this.#beatOnce();
  }

  /** Whether this process is the one that tells webhooks. */
  get leads(): boolean {
    return this.#feed !== undefined;
  }

  /** Ends it, and lets another process lead at once. May be called again. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#timer);
    this.#unlisten();
    await this.#beating;
    this.#follow(false);
    const keys = [WEBHOOK_DISPATCHER_KEY];
    await leaveScript.run(this.#options.handle.commands, keys, [this.#token]).catch(() => undefined); // it runs out
  }

  #beatOnce(): void {
    this.#beating ??= this.#beat()
      .catch((error: unknown) => this.#fault(error))
      .finally(() => {
        this.#beating = undefined;
      });
  }

  async #beat(): Promise<void> {
    const { handle, store } = this.#options;
    const leads = await leadScript.run(handle.commands, [WEBHOOK_DISPATCHER_KEY], [this.#token, LEAD_MS]);
    if (this.#closed) return;
    this.#follow(leads === 1);
    if (!this.leads) return;
    const isDue = performance.now() - this.#sweptAt >= SWEEP_MS;
    for (const station of await store.stations()) if (isDue || !this.#stations.has(station)) this.#nudge(station);
    if (isDue) this.#sweptAt = performance.now();
  }

  #follow(leads: boolean): void {
    if (leads === this.leads) return;
    const { handle } = this.#options;
    if (leads) this.#feed = new EventFeed({ handle, onFault: (error) => this.#fault(error) });
    else {
      this.#feed?.close();
      this.#feed = undefined;
      this.#stations.clear();
    }
    this.#sweptAt = Number.NEGATIVE_INFINITY;
  }

  /** Sees to it that what happened on a station is told. */
  #nudge(slug: string): void {
    const station = this.#stations.get(slug) ?? { following: undefined, pumping: false, again: false };
    this.#stations.set(slug, station);
    station.again = true;
    if (station.pumping) return;
    station.pumping = true;
    this.#pump(slug, station).catch((error: unknown) => this.#fault(error)); // the next sweep goes on
  }

  async #pump(slug: string, station: Station): Promise<void> {
    try {
      while (station.again && this.#stations.get(slug) === station) {
        station.again = false;
        const hasWebhooks = await this.#tell(slug);
        if (hasWebhooks && station.following === undefined) await this.#listenTo(slug, station);
        else if (!hasWebhooks) this.#forget(slug, station);
      }
    } finally {
      station.pumping = false;
    }
  }

  async #listenTo(slug: string, station: Station): Promise<void> {
    const feed = this.#feed;
    if (feed === undefined) return;
    station.following = await feed.follow(slug, (kept) => {
      if (webhookEventOf(kept) !== undefined) this.#nudge(slug);
    });
    station.again = true; // what came before
  }

  #forget(slug: string, station: Station): void {
    station.following?.close();
    if (this.#stations.get(slug) === station) this.#stations.delete(slug);
  }

  /** Queues messages of all that happened since the last time; whether the station has webhooks at all. */
  async #tell(slug: string): Promise<boolean> {
    const { store, queue, metrics, logger } = this.#options;
    const webhooks = await store.list(slug);
    const cursor = await store.cursor(slug);
    if (webhooks.length === 0 || cursor === undefined) return false;
    const { events, position, reset } = await this.#log.since(slug, cursor);
    if (reset) {
      metrics.lost();
      logger.warn({ station: slug }, 'webhooks were not told of events that are kept no longer');
    }
    for (const event of events) {
      const type = webhookEventOf(event);
      const wanted = webhooks.filter((each) => each.disabledAt === undefined && type && each.events.includes(type));
      for (const { id } of wanted) {
        const delivery = deliveryOf(slug, id, event);
        if (delivery !== undefined) await queue.add(delivery);
      }
    }
    await store.setCursor(slug, position);
    return true;
  }

  #fault(error: unknown): void {
    if (this.#closed) return;
    const level = isRedisAway(error) ? 'debug' : 'warn'; // that Redis is away is logged once for all
    this.#options.logger[level]({ err: error }, 'webhooks could not be told; it is tried again');
  }
}
