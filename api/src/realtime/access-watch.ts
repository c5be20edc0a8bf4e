import { type ErrorCode, mayDo } from '@awaz/infra/contract';
import { DIRECTORY_TOPIC } from '@awaz/infra/redis';
import type { Logger } from '@awaz/infra/runtime';
import type { StandingSource } from '../auth/index.ts';
import type { EventStreams } from './event-streams.ts';
import type { Memberships } from './memberships.ts';
import type { RealtimeLimits } from './realtime-limits.ts';
import { SharedLoad } from './shared-load.ts';
import type { SocketRooms } from './socket-rooms.ts';
import { type LiveSocket, staffRoom, topicRoom } from './socket-types.ts';
import { actorTowards } from './station-access.ts';

/** What is needed to look who may still follow. */
export type AccessWatchOptions = {
  rooms: Pick<SocketRooms, 'topics' | 'membersOf'>;
  memberships: Pick<Memberships, 'expel'>;
  streams: Pick<EventStreams, 'topics' | 'recheck'>;
  standings: StandingSource;
  limits: Pick<RealtimeLimits, 'accessLookMs'>;
  logger: Logger;
};

/**
 * Takes those out of a station who may not follow it any more: it was removed, made private, or dismissed them. Looks
 * when it is told to, and at every station now and then. `close` ends that and may be called again.
 */
export class AccessWatch {
  readonly #options: AccessWatchOptions;
  readonly #looks: SharedLoad<void>;
  readonly #timer: NodeJS.Timeout;
  #round: Promise<void> | undefined;

  constructor(options: AccessWatchOptions) {
    this.#options = options;
    this.#looks = new SharedLoad((station) => this.#look(station));
    this.#timer = setInterval(() => this.#lookAtAll(), options.limits.accessLookMs).unref();
  }

  /** Something about the station changed. Never rejects. */
  async recheck(station: string): Promise<void> {
    try {
      await this.#looks.get(station);
    } catch (error) {
      this.#options.logger.warn(
        { err: error, station },
        'who may follow a station cannot be told now; it is looked at again soon',
      );
    }
  }

  /** Looks no more. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** One station after the other, so that Redis does not get them all at once. A round that takes long skips the next. */
  #lookAtAll(): void {
    const { rooms, streams } = this.#options;
    const topics = new Set([...rooms.topics, ...streams.topics]);
    topics.delete(DIRECTORY_TOPIC);
    this.#round ??= this.#lookAtEachOf(topics).finally(() => {
      this.#round = undefined;
    });
  }

  async #lookAtEachOf(stations: Iterable<string>): Promise<void> {
    for (const station of stations) await this.recheck(station);
  }

  async #look(station: string): Promise<void> {
    const { rooms, streams, standings } = this.#options;
    const standing = await standings.standing(station, undefined);
    if (standing?.public !== true) {
      await this.#lookAtEach(station, rooms.membersOf(topicRoom(station)));
      await streams.recheck(station);
    } else await this.#lookAtEach(station, rooms.membersOf(staffRoom(station)));
  }

  async #lookAtEach(station: string, sockets: LiveSocket[]): Promise<void> {
    for (const same of groupByRight(station, sockets).values()) {
      const [first] = same;
      if (first === undefined) continue;
      const actor = await actorTowards(station, first.data, this.#options.standings);
      for (const socket of same) {
        if (actor === undefined) this.#options.memberships.expel(socket, station, gone());
        else if (!mayDo(actor, 'quality.read')) void socket.leave(staffRoom(station));
      }
    }
  }
}

/** Those with the same right towards a station have the same key. */
function keyOf(station: string, { data: { caller, passes } }: LiveSocket): string {
  return `${caller.kind === 'account' ? caller.account.id : ''} ${passes.grantOf(station) ?? ''}`;
}

function groupByRight(station: string, sockets: LiveSocket[]): Map<string, LiveSocket[]> {
  const groups = new Map<string, LiveSocket[]>();
  for (const socket of sockets) {
    const key = keyOf(station, socket);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [socket]);
    else group.push(socket);
  }
  return groups;
}

function gone(): { code: ErrorCode; message: string } {
  return { code: 'unknown_station', message: 'This station is gone, or not open to you any more.' };
}
