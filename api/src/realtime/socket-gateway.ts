import type { EventFeed, EventLog } from '@awaz/infra/events';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger } from '@awaz/infra/runtime';
import type { Server } from 'socket.io';
import type { Authenticator, StandingSource } from '../auth/index.ts';
import type { RateLimitTaker } from '../limits/index.ts';
import { liveCalls } from './live-calls.ts';
import type { LiveSources } from './live-sources.ts';
import type { LiveView } from './live-view.ts';
import { Memberships } from './memberships.ts';
import type { RealtimeMetrics } from './realtime-metrics.ts';
import { type SocketCall, serveCalls } from './socket-calls.ts';
import { socketIdentity } from './socket-identity.ts';
import { SocketRooms } from './socket-rooms.ts';
import { accountRoom, type LiveNamespace, type LiveServer, type LiveSocket, NAMESPACES } from './socket-types.ts';

/** What the gateway needs. */
export type SocketGatewayOptions = {
  /** Its namespaces belong to the gateway, save for events of `ingest:`. */
  io: Server;
  handle: RedisHandle;
  bus: Pick<ControlBus, 'listen'>;
  feed: EventFeed;
  log: EventLog;
  view: LiveView;
  sources: LiveSources;
  standings: StandingSource;
  authenticator: Pick<Authenticator, 'identifySocket'>;
  limits: RateLimitTaker;
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
  readonly #stopListening: () => void;
  #closed = false;

  constructor(options: SocketGatewayOptions) {
    this.#options = options;
    const io = options.io as LiveServer;
    this.#namespaces = NAMESPACES.map((name) => io.of(name));
    const { feed, log, sources } = options;
    this.rooms = new SocketRooms({ feed, sources, namespaces: this.#namespaces });
    this.#memberships = new Memberships({ feed, log, rooms: this.rooms });
    this.#calls = liveCalls({ ...options, memberships: this.#memberships });
    const identify = socketIdentity(options);
    for (const namespace of this.#namespaces) {
      namespace.use(identify);
      namespace.on('connection', (socket) => this.#welcome(socket));
    }
    this.#stopListening = options.bus.listen((message) => {
      if (message.type === 'account_changed') this.#lookAgain(message.accountId);
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
    const goodbye = {
      code: 'server_going_down',
      message: 'This server is going down; connect again.',
      retryable: true,
    };
    for (const namespace of this.#namespaces) namespace.local.emit('server:goodbye', goodbye as never);
  }

  #welcome(socket: LiveSocket): void {
    const { limits, logger, metrics } = this.#options;
    const { identity, signedGuest } = socket.data;
    if (identity.role !== 'guest') void socket.join(accountRoom(identity.id));
    const onAnswered = (event: string, outcome: string) => metrics.calls.inc({ event, outcome });
    serveCalls(socket, { calls: this.#calls, limits, logger, onAnswered });
    socket.on('disconnect', () => this.#memberships.leaveAll(socket));
    const guest = signedGuest === undefined ? {} : { guest: signedGuest };
    socket.emit('server:welcome', { you: identity, ...guest, serverTime: Date.now() });
  }

  /** The account may be somebody else by now: its clients connect again and are looked at anew. */
  #lookAgain(accountId: string): void {
    for (const socket of this.rooms.membersOf(accountRoom(accountId))) {
      const message = 'Your account was changed; connect again.';
      socket.emit('server:goodbye', { code: 'unauthenticated', message, retryable: true });
      socket.conn.close();
    }
  }
}
