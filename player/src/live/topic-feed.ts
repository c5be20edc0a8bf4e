import { isRetryable, KEPT_EVENTS, type SocketError } from '@awaz/infra/contract';
import { EventOrder } from './event-order.ts';
import type { Caller } from './live-calls.ts';
import type { FeedState } from './live-state.ts';
import { reconnectDelay } from './reconnect-delay.ts';

/** Most events that wait for the answer to a join; the server sends none before it. */
const MAX_HELD_EVENTS = 1000;

/** What an answer to a join holds, whatever the topic. */
export type Joined = {
  position: string;
  missed?: { event: string; data: { position: string } }[];
  reset?: true;
};

/** What a feed of one topic does, beside following it. */
export type TopicFeedOptions = {
  call: Caller;
  /** The call that enters the topic; `since` is the place that is known, if one is. */
  enter: (since: string | undefined) => { name: string; body: object };
  onState: (state: FeedState) => void;
  /** Each event once and in order, also those that were missed; these come before the snapshot of the join. */
  onEvent: (name: string, data: unknown) => void;
  /** The topic was entered, for the first time or again. `isWhole`: the events told before are all there were. */
  onJoined: (answer: Joined, isWhole: boolean) => void;
};

/** Follows one topic over any number of connections: none missed, none twice. */
export class TopicFeed {
  readonly #options: TopicFeedOptions;
  readonly #order = new EventOrder();
  #state: FeedState = 'waiting';
  #problem: SocketError | undefined;
  #position: string | undefined;
  #held: [name: string, data: unknown][] | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #attempt = 0;
  #failures = 0;

  constructor(options: TopicFeedOptions) {
    this.#options = options;
  }

  /** Where the feed is. */
  get state(): FeedState {
    return this.#state;
  }

  /** Why it was refused, or has to wait. */
  get problem(): SocketError | undefined {
    return this.#problem;
  }

  /** The connection is there: enters the topic. Never rejects. */
  async join(): Promise<void> {
    if (this.#state === 'left') return;
    const attempt = this.#begin();
    this.#held = [];
    const { name, body } = this.#options.enter(this.#position);
    const answer = await this.#options.call(name, body);
    if (attempt !== this.#attempt) return;
    if (answer.ok) this.#joined(answer as unknown as Joined);
    else this.#fail(answer.error);
  }

  /** The connection is gone. */
  cut(): void {
    this.#begin();
    if (this.#state === 'joined') this.#enter('waiting', undefined);
  }

  /** The server sent an event of this topic. */
  take(name: string, data: { position?: unknown }): void {
    if (this.#held === undefined) this.#tell(name, data);
    else if (this.#held.length < MAX_HELD_EVENTS) this.#held.push([name, data]);
  }

  /** The server takes this client out of the topic, or it cannot be entered. */
  refuse(problem: SocketError): void {
    this.#begin();
    this.#enter('refused', problem);
  }

  /** Ends the feed; whether the topic was entered. */
  leave(): boolean {
    const wasJoined = this.#state === 'joined';
    this.#begin();
    if (this.#state !== 'left') this.#enter('left', undefined);
    return wasJoined;
  }

  #joined(answer: Joined): void {
    const isFirst = this.#position === undefined;
    for (const { event, data } of answer.missed ?? []) this.#tell(event, data);
    this.#order.reach(answer.position);
    this.#position = answer.position;
    this.#failures = 0;
    this.#enter('joined', undefined);
    this.#options.onJoined(answer, !isFirst && answer.reset !== true);
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const [name, data] of held) this.#tell(name, data as { position?: unknown });
  }

  #fail(error: SocketError): void {
    if (!isRetryable(error.code)) {
      this.refuse(error);
      return;
    }
    const waitMs = Math.max(error.retryAfterMs ?? 0, reconnectDelay(this.#failures, Math.random));
    this.#failures += 1;
    this.#enter('waiting', error);
    this.#timer = setTimeout(() => void this.join(), waitMs);
  }

  #tell(name: string, data: { position?: unknown }): void {
    if ((KEPT_EVENTS as readonly string[]).includes(name) && typeof data.position === 'string') {
      if (!this.#order.take(data.position)) return;
      this.#position = data.position;
    }
    this.#options.onEvent(name, data);
  }

  /** What was under way counts no more. */
  #begin(): number {
    clearTimeout(this.#timer);
    this.#held = undefined;
    this.#attempt += 1;
    return this.#attempt;
  }

  #enter(state: FeedState, problem: SocketError | undefined): void {
    this.#state = state;
    this.#problem = problem;
    this.#options.onState(state);
  }
}
