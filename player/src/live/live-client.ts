import type { Acknowledgement, Milliseconds, SocketIdentity } from '@awaz/infra/contract';
import { ServerClock } from '../ingest-client/server-clock.ts';
import { DirectoryFeed } from './directory-feed.ts';
import { ListenerSet } from './listener-set.ts';
import type { CallsOf, CallTable, LiveNamespace } from './live-calls.ts';
import { LiveConnection, type LiveConnectionOptions } from './live-connection.ts';
import type { LiveProblem, LiveState } from './live-state.ts';
import { StationFeed, type StationFeedOptions } from './station-feed.ts';

/** Where to connect, and as who. */
export type LiveClientOptions<Namespace extends LiveNamespace> = Omit<LiveConnectionOptions, 'namespace'> & {
  /** `/` for listeners, `/studio` for owners and moderators, `/admin` for administrators. */
  namespace: Namespace;
};

type LiveClientEvents = { state: { state: LiveState; problem: LiveProblem | undefined } };

/**
 * Live events and calls of one namespace over one connection, which is made again over cuts; what is followed goes on
 * where it was. Connects at once. The owner closes it; `close` may be called again.
 */
export class LiveClient<Namespace extends LiveNamespace = '/'> {
  readonly #namespace: Namespace;
  readonly #connection: LiveConnection;
  readonly #listeners = new ListenerSet<LiveClientEvents>();
  readonly #stations = new Map<string, StationFeed>();
  readonly #clock = new ServerClock();
  #directory: DirectoryFeed | undefined;
  #state: LiveState = 'connecting';

  constructor(options: LiveClientOptions<Namespace>) {
    this.#namespace = options.namespace;
    this.#connection = new LiveConnection(options, {
      onState: (state, problem) => this.#entered(state, problem),
      onEvent: (name, body) => this.#take(name, (body ?? {}) as Record<string, unknown>),
    });
  }

  /** Where the connection is. */
  get state(): LiveState {
    return this.#state;
  }

  /** Why it is offline or refused. */
  get problem(): LiveProblem | undefined {
    return this.#connection.problem;
  }

  /** Who the server took this client for, last time; undefined before. */
  get you(): SocketIdentity | undefined {
    return this.#connection.you;
  }

  /** Server time minus local time, in ms; undefined before the first heartbeat was answered. */
  get clockOffsetMs(): Milliseconds | undefined {
    return this.#clock.offsetMs;
  }

  /** Calls a listener at each change of the state; returns what ends that. */
  onState(listener: (change: LiveClientEvents['state']) => void): () => void {
    return this.#listeners.on('state', listener);
  }

  /**
   * Follows a station; at once when there is a connection, else as soon as there is one. Listen before anything else is
   * awaited. Throws when the station is followed already: leave that feed first.
   */
  join(station: string, options: StationFeedOptions = {}): StationFeed {
    if (this.#stations.has(station)) throw new Error(`Station "${station}" is followed already.`);
    const feed = new StationFeed(station, options, {
      call: (name, body) => this.#connection.call(name, body),
      onClock: (measured) => this.#clock.measure(measured),
      onLeft: () => this.#stations.delete(station),
    });
    this.#stations.set(station, feed);
    if (this.#state === 'live') feed.connected();
    return feed;
  }

  /** Follows the directory: public stations on `/`, all that administrators see on `/admin`. Throws when it is followed. */
  directory(): DirectoryFeed {
    if (this.#directory !== undefined) throw new Error('The directory is followed already.');
    const feed = new DirectoryFeed(this.#namespace === '/admin' ? 'admin:watch' : 'directory:join', {
      call: (name, body) => this.#connection.call(name, body),
      onLeft: () => {
        this.#directory = undefined;
      },
    });
    this.#directory = feed;
    if (this.#state === 'live') feed.connected();
    return feed;
  }

  /**
   * Calls the server and gives its answer. Never rejects: without a connection, or when no answer comes within 10 s, the
   * answer is `unavailable`; whether it was done is not known in the latter case.
   */
  call<Name extends keyof CallsOf[Namespace] & string>(
    name: Name,
    body: BodyOf<CallsOf[Namespace], Name>,
  ): Promise<Acknowledgement<AnswerOf<CallsOf[Namespace], Name>>> {
    return this.#connection.call(name, body) as Promise<Acknowledgement<AnswerOf<CallsOf[Namespace], Name>>>;
  }

  /** Connects now when it is offline, instead of at the end of the wait. */
  retryNow(): void {
    this.#connection.retryNow();
  }

  /** Connects anew as who one is by now: after signing in or out, or taking another name. What is followed goes on. */
  renew(): void {
    this.#connection.renew();
  }

  /** Ends the connection and all feeds. */
  close(): void {
    for (const feed of this.#stations.values()) feed.leave();
    this.#directory?.leave();
    this.#connection.close();
    this.#listeners.clear();
  }

  #entered(state: LiveState, problem: LiveProblem | undefined): void {
    this.#state = state;
    const feeds = [...this.#stations.values(), ...(this.#directory === undefined ? [] : [this.#directory])];
    for (const feed of feeds) {
      if (state === 'live') feed.connected();
      else feed.disconnected();
    }
    this.#listeners.tell('state', { state, problem });
  }

  #take(name: string, body: Record<string, unknown>): void {
    if (body.directory === true) this.#directory?.take(name, body);
    else if (typeof body.station === 'string') this.#stations.get(body.station)?.take(name, body);
  }
}

type BodyOf<Table, Name extends keyof Table> = Table[Name] extends CallTable[string] ? Table[Name]['body'] : never;
type AnswerOf<Table, Name extends keyof Table> = Table[Name] extends CallTable[string] ? Table[Name]['answer'] : never;
