import type { DirectoryStation, EventEnvelope, SocketError } from '@awaz/infra/contract';
import { ListenerSet } from './listener-set.ts';
import type { Caller } from './live-calls.ts';
import type { FeedState } from './live-state.ts';
import { TopicFeed } from './topic-feed.ts';

/** What the feed of the directory tells, by name. */
export type DirectoryFeedEvents = {
  state: FeedState;
  /** All public stations, at the beginning and after each cut. */
  stations: DirectoryStation[];
  'stream:started': EventEnvelope<'stream:started'>;
  'stream:stopped': EventEnvelope<'stream:stopped'>;
};

/**
 * The directory, as it changes: the whole list first, and after each cut; then who goes on air and off. The client makes
 * it, by `directory`; `leave` ends it and may be called again.
 */
export class DirectoryFeed {
  readonly #link: { call: Caller; onLeft: () => void };
  readonly #listeners = new ListenerSet<DirectoryFeedEvents>();
  readonly #topic: TopicFeed;

  constructor(joinCall: 'directory:join' | 'admin:watch', link: { call: Caller; onLeft: () => void }) {
    this.#link = link;
    this.#topic = new TopicFeed({
      call: link.call,
      enter: () => ({ name: joinCall, body: {} }),
      onState: (state) => this.#listeners.tell('state', state),
      onEvent: (name, data) => this.#listeners.tell(name as 'stream:started', data as never),
      onJoined: (answer) => {
        this.#listeners.tell('stations', (answer as unknown as { stations: DirectoryStation[] }).stations);
      },
    });
  }

  /** Where the feed is. */
  get state(): FeedState {
    return this.#topic.state;
  }

  /** Why it was refused, or has to wait for another try. */
  get problem(): SocketError | undefined {
    return this.#topic.problem;
  }

  /** Listens to an event; returns what stops listening. */
  on<Name extends keyof DirectoryFeedEvents>(
    name: Name,
    listener: (body: DirectoryFeedEvents[Name]) => void,
  ): () => void {
    return this.#listeners.on(name, listener);
  }

  /** Follows the directory no more; nothing is told from now on. */
  leave(): void {
    if (this.state === 'left') return;
    if (this.#topic.leave()) void this.#link.call('directory:leave', {});
    this.#listeners.clear();
    this.#link.onLeft();
  }

  /** For the client: the connection is there. */
  connected(): void {
    void this.#topic.join();
  }

  /** For the client: the connection is gone. */
  disconnected(): void {
    this.#topic.cut();
  }

  /** For the client: an event of the directory. */
  take(name: string, data: { position?: unknown }): void {
    this.#topic.take(name, data);
  }
}
