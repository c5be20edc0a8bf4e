import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { EventFeed, EventLog } from '@awaz/infra/events';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger, Registry, Service } from '@awaz/infra/runtime';
import type Router from 'koa-router';
import type { Server } from 'socket.io';
import type { AuditRecorder } from '../audit/index.ts';
import type { Authenticator, StandingSource } from '../auth/index.ts';
import type { ChatServices } from '../chat/index.ts';
import type { Likes } from '../likes/index.ts';
import type { RateLimitTaker } from '../limits/index.ts';
import type { ProgrammeService } from '../metadata/index.ts';
import type { Presence } from '../presence/index.ts';
import { chatCalls } from './chat-calls.ts';
import { eventStreamRouter } from './event-stream-router.ts';
import { EventStreams } from './event-streams.ts';
import { likeCalls } from './like-calls.ts';
import type { GrantSource } from './listen-passes.ts';
import type { LiveSources } from './live-sources.ts';
import { LiveView, type LiveViewOptions } from './live-view.ts';
import { moderationCalls } from './moderation-calls.ts';
import { REALTIME_LIMITS, type RealtimeLimits } from './realtime-limits.ts';
import { RealtimeMetrics } from './realtime-metrics.ts';
import type { SocketCall } from './socket-calls.ts';
import { SocketGateway } from './socket-gateway.ts';

/** What live events need of the server. */
export type RealtimeOptions = {
  handle: RedisHandle;
  bus: Pick<ControlBus, 'listen'>;
  registry: Pick<BroadcastRegistry, 'get'>;
  stations: StandingSource & LiveViewOptions['stations'];
  authenticator: Pick<Authenticator, 'identify' | 'identifySocket'>;
  grants: GrantSource;
  limits: RateLimitTaker;
  programmes: Pick<ProgrammeService, 'current' | 'set'>;
  audit: AuditRecorder;
  presence: Pick<Presence, 'count' | 'watch' | 'seen'>;
  chats: ChatServices;
  likes: Likes;
  /** Further sources; see {@link LiveSources}. */
  sources?: Pick<LiveSources, 'quality' | 'heartbeat'>;
  /** Other limits than {@link REALTIME_LIMITS}. */
  realtimeLimits?: Partial<RealtimeLimits> | undefined;
  trustProxy: boolean;
  logger: Logger;
  metrics: Registry;
};

/**
 * Live events of stations and of the directory, over Socket.IO and SSE. Close it before the Socket.IO server: it says
 * goodbye and ends event streams.
 */
export class Realtime implements Service {
  /** `GET stations/{station}/events` and `GET events`. */
  readonly router: Router;
  readonly #options: RealtimeOptions;
  readonly #sources: LiveSources;
  readonly #feed: EventFeed;
  readonly #log: EventLog;
  readonly #view: LiveView;
  readonly #metrics: RealtimeMetrics;
  readonly #streams: EventStreams;
  #gateway: SocketGateway | undefined;
  #io: Server | undefined;

  constructor(options: RealtimeOptions) {
    const { handle, logger } = options;
    const sources = sourcesOf(options);
    this.#options = options;
    this.#sources = sources;
    this.#feed = new EventFeed({ handle, onFault: (error) => logger.warn({ err: error }, 'live events: a fault') });
    this.#log = new EventLog(handle);
    this.#view = new LiveView({ ...options, sources });
    this.#metrics = new RealtimeMetrics(options.metrics, {
      sockets: () => this.#io?.engine.clientsCount ?? 0,
      topics: () => this.#feed.size,
      streams: () => this.#streams.size,
    });
    this.#streams = new EventStreams({ feed: this.#feed, log: this.#log, sources, metrics: this.#metrics });
    this.router = eventStreamRouter({
      streams: this.#streams,
      standings: options.stations,
      callers: options.authenticator,
      grants: options.grants,
      limits: options.limits,
      trustProxy: options.trustProxy,
    });
  }

  /** Serves the namespaces of a Socket.IO server, which belongs to the caller; once, before anybody connects. */
  attach(io: Server, calls: readonly SocketCall[] = []): void {
    this.#io = io;
    this.#gateway = new SocketGateway({
      ...this.#options,
      ...{ io, feed: this.#feed, log: this.#log, view: this.#view, sources: this.#sources },
      ...{ standings: this.#options.stations, metrics: this.#metrics, streams: this.#streams },
      realtimeLimits: { ...REALTIME_LIMITS, ...this.#options.realtimeLimits },
    });
    const needs = { ...this.#options, standings: this.#options.stations };
    this.#gateway.serve([...chatCalls(needs), ...moderationCalls(needs), ...likeCalls(needs), ...calls]);
  }

  /** Ends all. May be called again. */
  close(): void {
    this.#gateway?.close();
    this.#streams.close();
    this.#feed.close();
  }
}

function sourcesOf({ presence, programmes, chats, likes, sources }: RealtimeOptions): LiveSources {
  return {
    ...sources,
    chat: chats.chat,
    likes,
    programme: async (station) => (await programmes.current(station))?.current ?? null,
    listeners: {
      count: (station) => presence.count(station),
      watch: (station, listener) =>
        presence.watch(station, ({ count, peak, exact }) => listener({ count, peak, exact })),
    },
    heartbeat: (report) => {
      if (report.session !== undefined) presence.seen(report.station, report.session);
      sources?.heartbeat?.(report);
    },
  };
}
