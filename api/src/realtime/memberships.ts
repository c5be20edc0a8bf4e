import type { ErrorCode } from '@awaz/infra/contract';
import type { EventFeed, EventLog, KeptEvent } from '@awaz/infra/events';
import { DIRECTORY_TOPIC } from '@awaz/infra/redis';
import { envelopeOf, isFor } from './envelope.ts';
import type { StopWatch } from './live-sources.ts';
import { MAX_TOPICS_PER_SOCKET } from './realtime-limits.ts';
import { checkTopicCount, type SocketRooms } from './socket-rooms.ts';
import { type LiveSocket, staffRoom, topicRoom } from './socket-types.ts';
import { TopicEntry } from './topic-entry.ts';

/** What memberships need. */
export type MembershipsOptions = { feed: EventFeed; log: EventLog; rooms: SocketRooms };

/** How somebody enters a topic. */
export type EntryRequest = {
  topic: string;
  /** Reads what is answered; what it returns is at least as new as the entry's position. */
  read: (entry: TopicEntry) => Promise<object>;
  /** Answers, at the moment from which on events are sent. */
  answer: (value: object) => void;
  isStaff?: boolean;
};

/** Which topics the sockets of this process follow. */
export class Memberships {
  readonly #options: MembershipsOptions;
  readonly #held = new WeakMap<LiveSocket, Map<string, StopWatch>>();

  constructor(options: MembershipsOptions) {
    this.#options = options;
  }

  /**
   * Takes a socket into a topic: what `read` gives is answered, every event after it follows, none twice. Entering again
   * begins anew. Rejects with `unavailable`, `limit_reached` or what `read` rejects with; the socket is outside then.
   */
  async enter(socket: LiveSocket, { topic, read, answer, isStaff = false }: EntryRequest): Promise<void> {
    const { feed, rooms } = this.#options;
    this.leave(socket, topic);
    const held = this.#of(socket);
    checkTopicCount(held.size, MAX_TOPICS_PER_SOCKET);
    const release = await rooms.hold(topic);
    let entry: TopicEntry | undefined;
    try {
      const turn = rooms.turnOf(topic);
      entry = await TopicEntry.open(feed, topic);
      const value = await read(entry);
      const late = entry.leave();
      if (!socket.connected) return release();
      // From here on nothing waits: no event can come in between.
      answer(value);
      const seen = late.filter((kept) => isFor(isStaff, kept));
      this.#replay(socket, topic, seen);
      rooms.repeatNewest(socket, topic, { turn, isStaff });
      void socket.join(isStaff ? [topicRoom(topic), staffRoom(topic)] : topicRoom(topic));
      held.set(topic, release);
    } catch (error) {
      entry?.close();
      release();
      throw error;
    }
  }

  /** Takes a socket out of a topic; does nothing when it is not in it. */
  leave(socket: LiveSocket, topic: string): void {
    const release = this.#of(socket).get(topic);
    if (release === undefined) return;
    this.#of(socket).delete(topic);
    void socket.leave(topicRoom(topic));
    void socket.leave(staffRoom(topic));
    release();
  }

  /** Takes a socket out of a station that it may follow no more, and tells it why. */
  expel(socket: LiveSocket, station: string, why: { code: ErrorCode; message: string }): void {
    if (!this.has(socket, station)) return;
    this.leave(socket, station);
    socket.emit('stream:closed', { station, ...why });
  }

  /** Takes a socket out of all topics, and tells it why of each station. */
  expelFromAll(socket: LiveSocket, why: { code: ErrorCode; message: string }): void {
    this.leave(socket, DIRECTORY_TOPIC);
    for (const station of [...this.#of(socket).keys()]) this.expel(socket, station, why);
  }

  /** Takes a socket out of all topics; it is gone. */
  leaveAll(socket: LiveSocket): void {
    for (const topic of [...this.#of(socket).keys()]) this.leave(socket, topic);
  }

  /** Whether a socket follows a topic. */
  has(socket: LiveSocket, topic: string): boolean {
    return this.#of(socket).has(topic);
  }

  /** How many topics a socket follows. */
  countOf(socket: LiveSocket): number {
    return this.#of(socket).size;
  }

  #replay(socket: LiveSocket, topic: string, events: KeptEvent[]): void {
    for (const kept of events) socket.emit(kept.event, envelopeOf(topic, kept) as never);
  }

  #of(socket: LiveSocket): Map<string, StopWatch> {
    const held = this.#held.get(socket) ?? new Map<string, StopWatch>();
    this.#held.set(socket, held);
    return held;
  }
}
