import { AwazError, type EventPosition, formatEventId, type NamedEvent, parseEventId } from '@awaz/infra/contract';
import type { EventFeed, EventLog, Following, KeptEvent } from '@awaz/infra/events';
import { namedEvent } from './envelope.ts';

/** How long Redis may take until a topic is followed, in ms. */
const FOLLOW_WITHIN_MS = 5000;

/** Most events that are held while somebody enters. */
const MAX_HELD_EVENTS = 5000;

/** What somebody missed since a place. */
export type Missed = { events: NamedEvent[]; reset: boolean };

/**
 * The way into a topic without a gap and without an event twice: from the first moment all events are held; what is read
 * then is at least as new as `position`; `leave` gives the events after `position`, and from the same moment on the
 * caller gets them by itself. Whoever opens an entry calls `leave` or `close`.
 */
export class TopicEntry {
  /** Everything up to here is in what is read after the entry was opened, or in what was missed. */
  position: EventPosition;
  readonly #topic: string;
  readonly #following: Following;
  readonly #held: KeptEvent[];
  readonly #firstEpoch: string;

  private constructor(topic: string, following: Following, held: KeptEvent[]) {
    this.#topic = topic;
    this.#following = following;
    this.#held = held;
    this.position = following.position;
    this.#firstEpoch = following.position.epoch;
    held.length = 0;
  }

  /** Rejects with `unavailable` when Redis does not answer. */
  static async open(feed: EventFeed, topic: string): Promise<TopicEntry> {
    const held: KeptEvent[] = [];
    const hold = (event: KeptEvent) => {
      if (held.length <= MAX_HELD_EVENTS) held.push(event);
    };
    return new TopicEntry(topic, await followSoon(feed, topic, hold), held);
  }

  /** Reads what came after a place that a client knows; `position` is then the newest of it. */
  async missed(log: EventLog, since: string): Promise<Missed> {
    const place = parseEventId(since);
    if (place === undefined) return { events: [], reset: true };
    const { events, position, reset } = await log.since(this.#topic, place);
    if (reset) return { events: [], reset };
    this.position = position;
    return { events: events.map((event) => namedEvent(this.#topic, event)), reset };
  }

  /** `{epoch}-{offset}` of `position`. */
  get place(): string {
    return formatEventId(this.position);
  }

  /** Ends the entry and returns the events after `position`. Throws `unavailable` when there were too many to hold. */
  leave(): KeptEvent[] {
    this.close();
    if (this.#held.length > MAX_HELD_EVENTS)
      throw new AwazError('unavailable', 'Too much happened meanwhile. Join again.');
    return eventsAfter(this.#held, this.position, this.#firstEpoch);
  }

  /** Ends the entry. May be called again. */
  close(): void {
    this.#following.close();
  }
}

/** Events after a place, of events in order, the first of which came when the epoch was `firstEpoch`. */
function eventsAfter(held: KeptEvent[], { epoch, offset }: EventPosition, firstEpoch: string): KeptEvent[] {
  const last = held.findLastIndex(({ position }) => position.epoch === epoch && position.offset <= offset);
  if (last >= 0) return held.slice(last + 1);
  const first = held.findIndex(({ position }) => position.epoch === epoch);
  if (first >= 0) return held.slice(first);
  return epoch === firstEpoch ? held : [];
}

/** Follows a topic, but does not wait for a Redis that is away. */
export async function followSoon(
  feed: EventFeed,
  topic: string,
  listener: (event: KeptEvent) => void,
): Promise<Following> {
  const following = feed.follow(topic, listener);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, FOLLOW_WITHIN_MS, undefined);
  });
  const first = await Promise.race([following, late]).finally(() => clearTimeout(timer));
  if (first !== undefined) return first;
  following.then(
    (tooLate) => tooLate.close(),
    () => undefined,
  );
  throw new AwazError('unavailable', 'The store of this server does not answer. Try again soon.', {
    retryAfterMs: 2000,
  });
}
