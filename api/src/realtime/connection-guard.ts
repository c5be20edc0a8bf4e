import { AwazError, type ErrorCode } from '@awaz/infra/contract';
import type { Server } from 'socket.io';
import { clientAddress } from '../auth/index.ts';
import { type Connection, endConnection } from './connection.ts';
import { ConnectionCensus, type Excess } from './connection-census.ts';
import type { RealtimeLimits } from './realtime-limits.ts';
import type { RealtimeMetrics } from './realtime-metrics.ts';
import type { LiveSocket } from './socket-types.ts';

/** Connections above the limit that are let in to be told so; more are cut at once. */
const ROOM_FOR_REFUSALS = 1000;

/** What the guard needs. */
export type ConnectionGuardOptions = {
  io: Server;
  limits: Pick<RealtimeLimits, 'sockets' | 'socketsPerAddress' | 'waitingBytes' | 'messageBytes'>;
  metrics: RealtimeMetrics;
  /** Whether `X-Forwarded-For` is to be believed. */
  trustProxy: boolean;
};

/**
 * Watches over connections: how many there are, in all and by address; that what waits for a slow one stays within
 * bounds; that nobody sends what is too large. One that breaks a bound is dropped, the others notice nothing.
 */
export class ConnectionGuard {
  readonly #options: ConnectionGuardOptions;
  readonly #census: ConnectionCensus;
  readonly #reserve: ConnectionCensus;
  readonly #excess = new WeakMap<Connection, Excess>();
  readonly #mayPublish = new WeakSet<Connection>();

  constructor(options: ConnectionGuardOptions) {
    this.#options = options;
    const { sockets, socketsPerAddress } = options.limits;
    this.#census = new ConnectionCensus({ total: sockets, perAddress: socketsPerAddress });
    this.#reserve = new ConnectionCensus({
      total: sockets + ROOM_FOR_REFUSALS,
      perAddress: socketsPerAddress + ROOM_FOR_REFUSALS,
    });
    options.io.engine.on('connection', (connection: Connection) => this.#watch(connection));
  }

  /** Refuses a socket whose connection is one too many: throws `overloaded` or `rate_limited`. */
  admit(socket: LiveSocket): void {
    const excess = this.#excess.get(socket.conn);
    // Owners and administrators get in beside a full house of listeners.
    if (excess === undefined || (excess === 'total' && socket.nsp.name !== '/')) return;
    this.#options.metrics.dropped.inc({ transport: 'socketio', reason: `too_many_${excess}` });
    if (excess === 'total') {
      throw new AwazError('overloaded', 'This server has as many connections as it can hold.', { retryAfterMs: 5000 });
    }
    const most = this.#options.limits.socketsPerAddress;
    const message = `One address may have ${most} connections. Close one first.`;
    throw new AwazError('rate_limited', message, { retryAfterMs: 5000 });
  }

  /** Audio may come over this connection from now on, so messages may be as large as a chunk. */
  allowAudio(connection: Connection): void {
    this.#mayPublish.add(connection);
  }

  #watch(connection: Connection): void {
    const address = clientAddress(connection.request, this.#options.trustProxy);
    const counted = this.#census.enter(address);
    const reserved = this.#reserve.enter(address);
    connection.once('close', () => {
      counted.leave();
      reserved.leave();
    });
    if (reserved.excess !== undefined) {
      this.#drop(connection, 'overloaded', `too_many_${reserved.excess}`);
      return;
    }
    if (counted.excess !== undefined) this.#excess.set(connection, counted.excess);
    this.#watchWaiting(connection);
    connection.on('packet', ({ data }: { data?: string | Buffer }) => {
      if (data !== undefined && data.length > this.#options.limits.messageBytes && !this.#mayPublish.has(connection)) {
        this.#drop(connection, 'payload_too_large', 'too_large');
      }
    });
  }

  /** Packets wait while the transport is not done with those before; a flush hands them over. */
  #watchWaiting(connection: Connection): void {
    let waitingBytes: number | undefined;
    connection.on('packetCreate', ({ data }: { data?: string | Buffer }) => {
      if (connection.transport.writable) return;
      if (waitingBytes === undefined) {
        waitingBytes = 0;
        connection.once('flush', () => {
          waitingBytes = undefined;
        });
      }
      waitingBytes += data?.length ?? 0;
      if (waitingBytes > this.#options.limits.waitingBytes) this.#drop(connection, 'too_slow', 'too_slow');
    });
  }

  #drop(connection: Connection, code: ErrorCode, reason: string): void {
    if (connection.readyState === 'closed') return;
    this.#options.metrics.dropped.inc({ transport: 'socketio', reason });
    endConnection(connection, code);
  }
}
