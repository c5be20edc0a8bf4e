import { AwazError, type EventBodies, type EventEnvelope } from '@awaz/infra/contract';
import type { EventFeed, Following, KeptEvent } from '@awaz/infra/events';
import { DIRECTORY_TOPIC } from '@awaz/infra/redis';
import { envelopeOf, isFor, newestEnvelope } from './envelope.ts';
import type { LiveSources, StopWatch } from './live-sources.ts';
import type { RealtimeMetrics } from './realtime-metrics.ts';
import { type LiveNamespace, type LiveSocket, staffRoom, topicRoom } from './socket-types.ts';
import { followSoon } from './topic-entry.ts';

/** What rooms need. */
export type SocketRoomsOptions = {
  feed: EventFeed;
  namespaces: readonly LiveNamespace[];
  sources: LiveSources;
  metrics: Pick<RealtimeMetrics, 'delay'>;
};

type Room = {
  topic: string;
  ready: Promise<Following>;
  following: Following | undefined;
  members: number;
  stops: StopWatch[];
  newest: NewestValue[];
  /** How many newest values were told. */
  told: number;
};

type NewestName = 'stream:listeners' | 'interaction:like' | 'stream:quality';

/** The last value of an event that only tells a newest one; `turn`: the how many-eth it was of its room. */
type NewestValue = { name: NewestName; event: EventEnvelope<NewestName>; turn: number };

/**
 * Brings what happens on a topic to this process's sockets in its room, over all namespaces: kept events in order, and
 * newest values. A topic is followed while somebody holds its room.
 */
export class SocketRooms {
  readonly #options: SocketRoomsOptions;
  readonly #rooms = new Map<string, Room>();

  constructor(options: SocketRoomsOptions) {
    this.#options = options;
  }

  /** Holds a room until the function that comes back is called. Rejects with `unavailable`. */
  async hold(topic: string): Promise<StopWatch> {
    const room = this.#rooms.get(topic) ?? this.#open(topic);
    room.members++;
    let held = true;
    const release = () => {
      if (held) this.#release(room);
      held = false;
    };
    try {
      await room.ready;
      return release;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Topics whose rooms are held. */
  get topics(): string[] {
    return [...this.#rooms.keys()];
  }

  /** How many newest values were told on a topic since its room is held; see {@link repeatNewest}. */
  turnOf(topic: string): number {
    return this.#rooms.get(topic)?.told ?? 0;
  }

  /** Tells a socket the newest values that came after a turn, while it read what was there and was not in the room yet. */
  repeatNewest(socket: LiveSocket, topic: string, since: { turn: number; isStaff: boolean }): void {
    for (const { name, event, turn } of this.#rooms.get(topic)?.newest ?? []) {
      if (turn > since.turn && (since.isStaff || name !== 'stream:quality')) socket.emit(name, event as never);
    }
  }

  /** Sockets of this process in a room. */
  membersOf(room: string): LiveSocket[] {
    return this.#options.namespaces.flatMap((namespace) =>
      [...(namespace.adapter.rooms.get(room) ?? [])].flatMap((id) => namespace.sockets.get(id) ?? []),
    );
  }

  #open(topic: string): Room {
    const ready = followSoon(this.#options.feed, topic, (event) => this.#tell(topic, event));
    const room: Room = { topic, ready, following: undefined, members: 0, stops: [], newest: [], told: 0 };
    this.#rooms.set(topic, room);
    ready.then(
      (following) => {
        room.following = following;
        if (this.#rooms.get(topic) !== room) following.close();
        else if (topic !== DIRECTORY_TOPIC) room.stops = this.#watch(room, following);
      },
      () => {
        if (this.#rooms.get(topic) === room) this.#rooms.delete(topic);
      },
    );
    return room;
  }

  #release(room: Room): void {
    room.members--;
    if (room.members > 0 || this.#rooms.get(room.topic) !== room) return;
    this.#rooms.delete(room.topic);
    for (const stop of room.stops) stop();
    room.following?.close();
  }

  #tell(topic: string, kept: KeptEvent): void {
    const room = isFor(false, kept) ? topicRoom(topic) : staffRoom(topic);
    this.#emit(room, (to) => to.emit(kept.event, envelopeOf(topic, kept) as never));
    if (kept.event !== 'stream:stopped' && kept.event !== 'chat:message') return;
    this.#options.metrics.delay.observe(Math.max(0, Date.now() - kept.body.at) / 1000);
  }

  #watch(room: Room, following: Following): StopWatch[] {
    const { listeners, likes, quality } = this.#options.sources;
    const { topic } = room;
    const tell = (name: NewestName) => (body: EventBodies[NewestName]) =>
      this.#tellNewest(room, name, newestEnvelope<NewestName>(topic, body, following.position));
    const stops = [
      listeners?.watch(topic, tell('stream:listeners')),
      likes?.watch(topic, tell('interaction:like')),
      quality?.watch(topic, tell('stream:quality')),
    ];
    return stops.filter((stop) => stop !== undefined);
  }

  /**
   * Not as volatile messages: those are dropped whenever a socket still sends the one before, and the value may be the last
   * for long. They are few, and who falls behind is dropped by the bound on what waits.
   */
  #tellNewest(room: Room, name: NewestName, event: EventEnvelope<NewestName>): void {
    room.told++;
    room.newest = [...room.newest.filter((each) => each.name !== name), { name, event, turn: room.told }];
    const to = name === 'stream:quality' ? staffRoom(room.topic) : topicRoom(room.topic);
    this.#emit(to, (sockets) => sockets.emit(name, event as never));
  }

  #emit(room: string, emit: (to: ReturnType<LiveNamespace['to']>) => void): void {
    for (const namespace of this.#options.namespaces) {
      if (namespace.adapter.rooms.has(room)) emit(namespace.local.to(room));
    }
  }
}

/** Refuses when a socket follows as many topics as it may. */
export function checkTopicCount(held: number, most: number): void {
  if (held < most) return;
  throw new AwazError('limit_reached', `One connection may follow ${most} stations. Leave one first.`);
}
