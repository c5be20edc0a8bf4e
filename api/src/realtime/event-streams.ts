import type { ServerResponse } from 'node:http';
import { AwazError, type EventName } from '@awaz/infra/contract';
import type { EventFeed, EventLog, KeptEvent } from '@awaz/infra/events';
import { DIRECTORY_TOPIC } from '@awaz/infra/redis';
import { ConnectionCensus } from './connection-census.ts';
import { envelopeOf, isFor, newestEnvelope } from './envelope.ts';
import { EventStream, eventText, placeText } from './event-stream.ts';
import type { LiveSources, StopWatch } from './live-sources.ts';
import { NewestValues } from './newest-values.ts';
import type { RealtimeMetrics } from './realtime-metrics.ts';
import { followSoon, TopicEntry } from './topic-entry.ts';

/** Most event streams of one process. */
export const MAX_EVENT_STREAMS = 5000;

/** Most event streams of one address (an IPv6 /64 counts as one) on one process. */
export const MAX_EVENT_STREAMS_PER_ADDRESS = 200;

/** How often a comment is sent, in ms: proxies close what is silent. */
const COMMENT_EVERY_MS = 15_000;

/** What event streams need. */
export type EventStreamsOptions = {
  feed: EventFeed;
  log: EventLog;
  sources: LiveSources;
  metrics: RealtimeMetrics;
  /** Other limits than the usual ones. */
  maxStreams?: number;
  maxPerAddress?: number;
};

/** Somebody who reads a topic. */
export type EventReader = {
  topic: string;
  /** Place after which to begin; from now on when left out. */
  since: string | undefined;
  address: string;
  /** Whether it may see what only staff may see. */
  isStaff: boolean;
  /** Whether it may still follow the topic; always when left out. */
  mayStay?: () => Promise<boolean>;
  /** When its access token expires, ms since 1970: the stream ends then, and the client comes back with a fresh one. */
  until?: number | undefined;
};

/** All answers of this process that bring events. `close` ends them. */
export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #open = new Map<EventStream, { reader: EventReader; stop: StopWatch }>();
  readonly #census: ConnectionCensus;
  readonly #texts = new WeakMap<KeptEvent, string>();
  readonly #timer: NodeJS.Timeout;
  #closed = false;

  constructor(options: EventStreamsOptions) {
    this.#options = options;
    const { maxStreams = MAX_EVENT_STREAMS, maxPerAddress = MAX_EVENT_STREAMS_PER_ADDRESS } = options;
    this.#census = new ConnectionCensus({ total: maxStreams, perAddress: maxPerAddress });
    this.#timer = setInterval(() => this.#comment(), COMMENT_EVERY_MS).unref();
  }

  /** How many are open. */
  get size(): number {
    return this.#open.size;
  }

  /**
   * Answers with events until the reader goes. Rejects before anything was written: with `overloaded`, `rate_limited` or
   * `unavailable`.
   */
  async serve(response: ServerResponse, reader: EventReader): Promise<void> {
    const leave = this.#enter(reader.address);
    const stops: StopWatch[] = [leave];
    try {
      const stream = new EventStream(response, () =>
        this.#options.metrics.dropped.inc({ transport: 'sse', reason: 'too_slow' }),
      );
      const begin = await this.#prepare(stream, reader, stops);
      if (response.destroyed || this.#closed) throw new AwazError('server_going_down');
      this.#open.set(stream, { reader, stop: () => stop(stops) });
      if (reader.until !== undefined) stops.push(this.#endAt(stream, reader.until));
      response.once('close', () => {
        this.#open.delete(stream);
        stop(stops);
      });
      begin();
    } catch (error) {
      stop(stops);
      throw error;
    }
  }

  /** Ends all of them and takes no more. May be called again. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const stream of [...this.#open.keys()]) this.#end(stream);
  }

  /** Topics that are read. */
  get topics(): Set<string> {
    return new Set([...this.#open.values()].map(({ reader }) => reader.topic));
  }

  /** Ends the streams of a topic whose readers may not follow it any more. Rejects when that cannot be told. */
  async recheck(topic: string): Promise<void> {
    for (const [stream, { reader }] of [...this.#open]) {
      if (reader.topic === topic && (await reader.mayStay?.()) === false) this.#end(stream);
    }
  }

  /** Ends a stream at a time, ms since 1970, unless that is stopped before. */
  #endAt(stream: EventStream, at: number): StopWatch {
    const timer = setTimeout(() => this.#end(stream), Math.max(0, at - Date.now())).unref();
    return () => clearTimeout(timer);
  }

  #end(stream: EventStream): void {
    this.#open.get(stream)?.stop();
    this.#open.delete(stream);
    stream.end();
  }

  /** Follows the topic, holding events until `begin` is called, which writes them and lets the later ones through. */
  async #prepare(stream: EventStream, reader: EventReader, stops: StopWatch[]): Promise<() => void> {
    const { feed, log } = this.#options;
    const { topic, since, isStaff } = reader;
    let begun = false;
    const following = await followSoon(feed, topic, (kept) => {
      if (begun && isFor(isStaff, kept)) stream.write(this.#textOf(topic, kept));
    });
    stops.push(() => following.close());
    const entry = await TopicEntry.open(feed, topic);
    stops.push(() => entry.close());
    const newest = new NewestValues((event, body) => {
      stream.write(eventText(event, newestEnvelope(topic, body as never, following.position)));
    });
    stops.push(...this.#watch(reader, (event, body) => newest.tell(event, body)));
    const missed = since === undefined ? undefined : await entry.missed(log, since);
    await this.#readNewest(topic, (event, body) => newest.begin(event, body));
    return () => {
      const held = entry.leave();
      stream.begin();
      if (missed?.reset) stream.write(eventText('reset', { ...stationOf(topic), position: entry.place }));
      const seen = (missed?.events ?? []).filter((event) => isFor(isStaff, event));
      for (const { event, data } of seen) stream.write(eventText(event, data, data.position));
      stream.write(placeText(entry.place));
      for (const kept of held) if (isFor(isStaff, kept)) stream.write(this.#textOf(topic, kept));
      begun = true;
      newest.open();
    };
  }

  #watch({ topic, isStaff }: EventReader, tell: (event: EventName, body: object) => void): StopWatch[] {
    if (topic === DIRECTORY_TOPIC) return [];
    const { listeners, likes, quality } = this.#options.sources;
    const stops = [
      listeners?.watch(topic, (count) => tell('stream:listeners', count)),
      likes?.watch(topic, (total) => tell('interaction:like', total)),
      isStaff ? quality?.watch(topic, (figures) => tell('stream:quality', figures)) : undefined,
    ];
    return stops.filter((each) => each !== undefined);
  }

  /** What holds now: it may be told again in a long time only. */
  async #readNewest(topic: string, begin: (event: EventName, body: object) => void): Promise<void> {
    if (topic === DIRECTORY_TOPIC) return;
    const { listeners, likes } = this.#options.sources;
    const [count, liked] = await Promise.all([listeners?.count(topic), likes?.count(topic)]);
    if (count !== undefined) begin('stream:listeners', count);
    if (liked !== undefined) begin('interaction:like', { count: liked, at: Date.now() });
  }

  /** An event as text, made once for all readers. */
  #textOf(topic: string, kept: KeptEvent): string {
    const known = this.#texts.get(kept);
    if (known !== undefined) return known;
    const data = envelopeOf(topic, kept);
    const text = eventText(kept.event, data, data.position);
    this.#texts.set(kept, text);
    return text;
  }

  #enter(address: string): StopWatch {
    const { excess, leave } = this.#census.enter(address);
    if (excess === undefined) return leave;
    leave();
    if (excess === 'total') {
      throw new AwazError('overloaded', 'This server has as many event streams as it can hold.', {
        retryAfterMs: 5000,
      });
    }
    const most = this.#options.maxPerAddress ?? MAX_EVENT_STREAMS_PER_ADDRESS;
    const message = `One address may have ${most} event streams. Close one first.`;
    throw new AwazError('rate_limited', message, { retryAfterMs: 5000 });
  }

  #comment(): void {
    for (const stream of this.#open.keys()) stream.write(': still here\n\n');
  }
}

function stop(stops: StopWatch[]): void {
  for (const each of stops.splice(0)) each();
}

function stationOf(topic: string): object {
  return topic === DIRECTORY_TOPIC ? { directory: true } : { station: topic };
}
