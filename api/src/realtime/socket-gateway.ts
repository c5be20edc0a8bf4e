import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import type { EventFeed, EventLog } from '@awaz/infra/events';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger } from '@awaz/infra/runtime';
import type { Server } from 'socket.io';
import type { AuditRecorder } from '../audit/index.ts';
import type { Authenticator, StandingSource } from '../auth/index.ts';
import type { RateLimitTaker } from '../limits/index.ts';
import type { ProgrammeService } from '../metadata/index.ts';
import { AccessWatch } from './access-watch.ts';
import { authCalls } from './auth-calls.ts';
import { sayGoodbye } from './connection.ts';
import { ConnectionGuard } from './connection-guard.ts';
import type { EventStreams } from './event-streams.ts';
import type { GrantSource } from './listen-passes.ts';
import { liveCalls } from './live-calls.ts';
import type { LiveSources } from './live-sources.ts';
import type { LiveView } from './live-view.ts';
import { Memberships } from './memberships.ts';
import type { RealtimeLimits } from './realtime-limits.ts';
import type { RealtimeMetrics } from './realtime-metrics.ts';
import { type SocketCall, serveCalls } from './socket-calls.ts';
import { socketIdentity } from './socket-identity.ts';
import { SocketRooms } from './socket-rooms.ts';
import { accountRoom, type LiveNamespace, type LiveServer, type LiveSocket, NAMESPACES } from './socket-types.ts';
import { studioCalls } from './studio-calls.ts';
import { TokenExpiry } from './token-expiry.ts';

/** What the gateway needs. */
export type SocketGatewayOptions = {
  /** Its namespaces belong to the gateway, save for events of `ingest:`. */
  io: Server;
  handle: RedisHandle;
  bus: Pick<ControlBus, 'listen'>;
  registry: Pick<BroadcastRegistry, 'get'>;
  programmes: Pick<ProgrammeService, 'set'>;
  audit: AuditRecorder;
  feed: EventFeed;
  log: EventLog;
  view: LiveView;
  sources: LiveSources;
  streams: EventStreams;
  standings: StandingSource;
  authenticator: Pick<Authenticator, 'identifySocket'>;
  grants: GrantSource;
  limits: RateLimitTaker;
  realtimeLimits: RealtimeLimits;
  trustProxy: boolean;
  logger: Logger;
  metrics: RealtimeMetrics;
};

/** Live events over Socket.IO. `close` says goodbye to everybody; the caller closes the Socket.IO server after it. */
export class SocketGateway {
  readonly rooms: SocketRooms;
  readonly #options: SocketGatewayOptions;
  readonly #namespaces: LiveNamespace[];
  readonly #memberships: Memberships;
  readonly #calls: SocketCall[];
  readonly #guard: ConnectionGuard;
  readonly #access: AccessWatch;
  readonly #expiry: TokenExpiry;
  readonly #stopListening: () => void;
  #closed = false;

  constructor(options: SocketGatewayOptions) {
    this.#options = options;
    const io = options.io as LiveServer;
    this.#namespaces = NAMESPACES.map((name) => io.of(name));
    const { feed, log, sources, metrics, realtimeLimits: limits } = options;
    this.#guard = new ConnectionGuard({ ...options, limits });
    this.rooms = new SocketRooms({ feed, sources, metrics, namespaces: this.#namespaces });
    this.#memberships = new Memberships({ feed, log, rooms: this.rooms });
    const parts = { rooms: this.rooms, memberships: this.#memberships, namespaces: this.#namespaces, limits };
    this.#access = new AccessWatch({ ...options, ...parts });
    this.#expiry = new TokenExpiry(parts);
    this.#calls = [...liveCalls({ ...options, ...parts }), ...studioCalls(options), ...authCalls(options)];
    const identify = socketIdentity({ ...options, admit: (socket) => this.#guard.admit(socket) });
    for (const namespace of this.#namespaces) {
      namespace.use(identify);
      namespace.on('connection', (socket) => this.#welcome(socket));
    }
    this.#stopListening = options.bus.listen((message) => {
      if (message.type === 'account_changed') this.#lookAgain(message.accountId);
      if (message.type === 'station_changed' || message.type === 'station_removed') {
        void this.#access.recheck(message.station);
      }
    });
  }

  /** Serves further events; call before anybody connects. */
  serve(calls: readonly SocketCall[]): void {
    this.#calls.push(...calls);
  }

  /** Tells everybody to connect elsewhere. May be called again. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#stopListening();
    this.#access.close();
    this.#expiry.close();
    const goodbye = {
      code: 'server_going_down',
      message: 'This server is going down; connect again.',
      retryable: true,
    };
    for (const namespace of this.#namespaces) namespace.local.emit('server:goodbye', goodbye as never);
  }

  #welcome(socket: LiveSocket): void {
    const { limits, logger, metrics, realtimeLimits: budget } = this.#options;
    const { identity, signedGuest, tokenExpiresAt } = socket.data;
    if (socket.nsp.name === '/studio') this.#guard.allowAudio(socket.conn);
    if (identity.role !== 'guest') void socket.join(accountRoom(identity.id));
    const onAnswered = (event: string, outcome: string) => metrics.calls.inc({ event, outcome });
    serveCalls(socket, { calls: this.#calls, limits, budget, logger, onAnswered });
    socket.on('disconnect', () => this.#memberships.leaveAll(socket));
    const guest = signedGuest === undefined ? {} : { guest: signedGuest };
    const expiry = tokenExpiresAt === undefined ? {} : { tokenExpiresAt };
    socket.emit('server:welcome', { you: identity, ...guest, ...expiry, serverTime: Date.now() });
  }

  /** The account may be somebody else by now: its clients connect again and are looked at anew. */
  #lookAgain(accountId: string): void {
    for (const socket of this.rooms.membersOf(accountRoom(accountId))) {
      sayGoodbye(socket, 'unauthenticated', 'Your account was changed; connect again.');
    }
  }
}
