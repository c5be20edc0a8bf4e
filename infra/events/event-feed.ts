import type { EventPosition } from '../contract/index.ts';
import { eventKeys, type RedisHandle } from '../redis/index.ts';
import type { ChannelMessage } from './append-event.ts';
import { EventLog, type KeptEvent } from './event-log.ts';

/** Told of each kept event of a topic, in order, each once. */
export type EventListener = (event: KeptEvent) => void;

/** A topic that is followed. `close` ends it for this listener and may be called again. */
export type Following = {
  /** Place of the last event that was told; everything up to it has been. */
  readonly position: EventPosition;
  close(): void;
};

/** What a feed needs. */
export type EventFeedOptions = {
  handle: RedisHandle;
  /** Told of faults that the feed gets over by itself, a listener that throws among them. */
  onFault?: (error: unknown) => void;
};

/**
 * Brings kept events of any number of topics to this process, over one connection: in the order of the log, each once,
 * also over a Redis that went away and came back. The owner closes it; `close` may be called again.
 */
export class EventFeed {
  readonly #handle: RedisHandle;
  readonly #log: EventLog;
  readonly #subscriber;
  readonly #onFault: (error: unknown) => void;
  readonly #topics = new Map<string, TopicFeed>();
  readonly #topicsByChannel = new Map<string, TopicFeed>();
  #closed = false;

  constructor({ handle, onFault = () => undefined }: EventFeedOptions) {
    this.#handle = handle;
    this.#log = new EventLog(handle);
    this.#onFault = onFault;
    this.#subscriber = this.#handle.subscriber();
    this.#subscriber.on('message', (channel: string, text: string) => this.#take(channel, text));
    // After a loss of the connection ioredis subscribes again by itself; what was told meanwhile is in the log.
    this.#subscriber.on('ready', () => {
      for (const topic of this.#topics.values()) topic.catchUp();
    });
  }

  /**
   * Follows a topic. Settles once nothing can be missed any more: the listener is told of every event after the
   * `position` that it has then. Rejects when Redis does not answer.
   */
  async follow(topic: string, listener: EventListener): Promise<Following> {
    if (this.#closed) throw new Error('The event feed is closed; no topic can be followed any more.');
    const feed = this.#topics.get(topic) ?? this.#add(topic);
    feed.listeners.add(listener);
    try {
      await feed.started;
    } catch (error) {
      this.#leave(feed, listener);
      throw error;
    }
    return {
      get position() {
        return feed.position;
      },
      close: () => this.#leave(feed, listener),
    };
  }

  /** How many topics are followed. */
  get size(): number {
    return this.#topics.size;
  }

  /** Ends the subscription; listeners are told nothing any more. */
  close(): void {
    this.#closed = true;
    for (const feed of this.#topics.values()) feed.listeners.clear();
    this.#topics.clear();
    this.#topicsByChannel.clear();
    this.#subscriber.disconnect();
  }

  #add(topic: string): TopicFeed {
    const channel = eventKeys(topic).eventChannel;
    const subscribe = () => this.#subscriber.subscribe(channel);
    const feed = new TopicFeed({ topic, channel, log: this.#log, subscribe, onFault: this.#onFault });
    this.#topics.set(topic, feed);
    this.#topicsByChannel.set(channel, feed);
    return feed;
  }

  #leave(feed: TopicFeed, listener: EventListener): void {
    if (!feed.listeners.delete(listener) || feed.listeners.size > 0 || this.#closed) return;
    this.#topics.delete(feed.topic);
    this.#topicsByChannel.delete(feed.channel);
    this.#subscriber.unsubscribe(feed.channel).catch(this.#onFault);
  }

  #take(channel: string, text: string): void {
    const feed = this.#topicsByChannel.get(channel);
    if (feed === undefined) return;
    try {
      feed.take(JSON.parse(text) as ChannelMessage);
    } catch (error) {
      this.#onFault(error);
    }
  }
}

type TopicFeedOptions = {
  topic: string;
  channel: string;
  log: EventLog;
  subscribe: () => Promise<unknown>;
  onFault: (error: unknown) => void;
};

/** One followed topic: puts what the channel tells in order, and reads from the log what it did not tell. */
class TopicFeed {
  readonly topic: string;
  readonly channel: string;
  readonly listeners = new Set<EventListener>();
  /** Settles when the first place is known. */
  readonly started: Promise<void>;
  position: EventPosition = { epoch: '', offset: 0 };
  readonly #options: TopicFeedOptions;
  #hasPosition = false;
  #catchingUp = false;
  #again = false;

  constructor(options: TopicFeedOptions) {
    this.#options = options;
    this.topic = options.topic;
    this.channel = options.channel;
    this.started = this.#start();
  }

  async #start(): Promise<void> {
    await this.#options.subscribe();
    this.position = await this.#options.log.position(this.topic);
    this.#hasPosition = true;
    this.catchUp();
  }

  take({ epoch, offset, event, body }: ChannelMessage): void {
    if (!this.#hasPosition) return; // the first catch-up brings it
    const isNext = epoch === this.position.epoch && offset === this.position.offset + 1;
    if (isNext && !this.#catchingUp) this.#tell({ event, body, position: { epoch, offset } } as unknown as KeptEvent);
    else if (epoch !== this.position.epoch || offset > this.position.offset) this.catchUp();
  }

  /** Reads from the log until nothing is missing; what comes meanwhile makes it read once more. */
  catchUp(): void {
    if (!this.#hasPosition) return;
    this.#again = true;
    if (this.#catchingUp) return;
    this.#catchingUp = true;
    this.#readAll()
      .catch(this.#options.onFault) // Redis is away; its coming back makes the feed catch up again
      .finally(() => {
        this.#catchingUp = false;
      });
  }

  async #readAll(): Promise<void> {
    while (this.#again && this.listeners.size > 0) {
      this.#again = false;
      const { events, position } = await this.#options.log.since(this.topic, this.position);
      for (const event of events) this.#tell(event);
      this.position = position;
    }
  }

  #tell(event: KeptEvent): void {
    this.position = event.position;
    for (const listener of this.listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#options.onFault(error);
      }
    }
  }
}
