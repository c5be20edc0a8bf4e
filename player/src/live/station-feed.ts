import type {
  EventEnvelope,
  EventName,
  JoinAnswer,
  Milliseconds,
  SocketError,
  StationSnapshot,
} from '@awaz/infra/contract';
import { Heartbeat, type HeartbeatFigures } from './heartbeat.ts';
import { ListenerSet } from './listener-set.ts';
import type { Caller } from './live-calls.ts';
import type { FeedState } from './live-state.ts';
import { TopicFeed } from './topic-feed.ts';

/** How to follow a station. */
export type StationFeedOptions = {
  /** Listener session of this page, so that it counts once. */
  session?: string;
  /** Listen token that the page came with: lets it follow a private station. */
  listenToken?: string | undefined;
  /** Figures of the player, which are sent each 10 s while the station is followed; `() => player.snapshot()`. */
  figures?: () => HeartbeatFigures;
};

/** What a feed of a station tells, by name; beside these each event of the contract by its own name. */
export type StationFeedEvents = { [Name in EventName]: EventEnvelope<Name> } & {
  state: FeedState;
  /**
   * The station was joined, for the first time or again. `isWhole`: nothing is missing between the events told before and
   * the snapshot; otherwise the snapshot is all there is, and what a page holds (chat) has to be replaced by it.
   */
  snapshot: { snapshot: StationSnapshot; isWhole: boolean };
};

/** What a feed uses of its client. */
export type StationLink = {
  call: Caller;
  /** Server time minus local time was measured. */
  onClock: (measured: { sentAt: Milliseconds; receivedAt: Milliseconds; serverTime: Milliseconds }) => void;
  onLeft: () => void;
};

/**
 * The events of one station: a snapshot first, then each event once and in order, over cuts and servers that die. The
 * client makes it, by `join`; `leave` ends it and may be called again.
 */
export class StationFeed {
  readonly station: string;
  readonly #link: StationLink;
  readonly #listeners = new ListenerSet<StationFeedEvents>();
  readonly #heartbeat: Heartbeat | undefined;
  readonly #topic: TopicFeed;
  #snapshot: StationSnapshot | undefined;

  constructor(station: string, { session, listenToken, figures }: StationFeedOptions, link: StationLink) {
    this.station = station;
    this.#link = link;
    const own = session === undefined ? {} : { session };
    const pass = listenToken === undefined ? {} : { token: listenToken };
    this.#heartbeat =
      figures && new Heartbeat({ figures, send: (report) => void this.#beat({ station, ...own, ...report }) });
    this.#topic = new TopicFeed({
      call: link.call,
      enter: (since) => ({ name: 'stream:join', body: { station, ...own, ...pass, ...(since ? { since } : {}) } }),
      onState: (state) => this.#entered(state),
      onEvent: (name, data) => this.#listeners.tell(name as EventName, data as never),
      onJoined: (answer, isWhole) => {
        const { snapshot } = answer as unknown as JoinAnswer;
        this.#snapshot = snapshot;
        this.#listeners.tell('snapshot', { snapshot, isWhole });
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

  /** What was going on when the station was joined last; undefined before. */
  get snapshot(): StationSnapshot | undefined {
    return this.#snapshot;
  }

  /** Listens to an event; returns what stops listening. */
  on<Name extends keyof StationFeedEvents>(name: Name, listener: (body: StationFeedEvents[Name]) => void): () => void {
    return this.#listeners.on(name, listener);
  }

  /** Follows the station no more; nothing is told from now on. */
  leave(): void {
    if (this.state === 'left') return;
    if (this.#topic.leave()) void this.#link.call('stream:leave', { station: this.station });
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

  /** For the client: an event of this station. */
  take(name: string, data: { position?: unknown }): void {
    if (name === 'stream:closed') this.#topic.refuse(data as unknown as SocketError);
    else this.#topic.take(name, data);
  }

  #entered(state: FeedState): void {
    if (state === 'joined') this.#heartbeat?.start();
    else this.#heartbeat?.stop();
    this.#listeners.tell('state', state);
  }

  async #beat(report: object): Promise<void> {
    const sentAt = Date.now();
    const answer = await this.#link.call('stream:heartbeat', report);
    if (!answer.ok || typeof answer.serverTime !== 'number') return;
    this.#link.onClock({ sentAt, receivedAt: Date.now(), serverTime: answer.serverTime });
  }
}
