import type { Server, Socket } from 'node:net';
import { Counter, Gauge, type Registry } from '@awaz/infra/runtime';
import { LaneConnection, type LaneContext, type LaneRequest, type LaneState } from './lane-connection.ts';
import { FieldMemory } from './request-fields.ts';

/** What a fast lane is made of. */
export type FastLaneOptions = {
  /** Where requests have to be, like `/live/`. */
  prefix: string;
  onRequest: (request: LaneRequest) => void;
  /** How long a client may take for the head of a request, in ms. */
  headMs: number;
  /** How long a connection may be idle, and its client slow to read, in ms. */
  idleMs: number;
  /** How often connections are looked at, in ms; a second when left out. */
  lookMs?: number;
  metrics: Registry;
};

const LOOK_MS = 1000;

/** States that end by themselves, or whose end is somebody else's business. */
const UNLIMITED = new Set<LaneState>(['request', 'stream']);

/**
 * Takes the connections of an http server (without TLS) before its parser does and answers what is simple and frequent by
 * itself; all others the server gets as if they had just come. `close` ends what is idle; connections that answer close
 * with their answers when those say so.
 */
export class FastLane implements LaneContext {
  readonly prefix: string;
  readonly memory = new FieldMemory();
  readonly onRequest: (request: LaneRequest) => void;
  tick = 0;
  closing = false;
  readonly #connections = new Set<LaneConnection>();
  readonly #limits: { headTicks: number; idleTicks: number };
  readonly #sweeper: NodeJS.Timeout;
  readonly #passOn: (socket: Socket) => void;
  #handedOver = 0;

  /** Stands between a server and its listeners for connections; those that are added later come first. */
  constructor(server: Server, { prefix, onRequest, headMs, idleMs, lookMs = LOOK_MS, metrics }: FastLaneOptions) {
    this.prefix = prefix;
    this.onRequest = onRequest;
    this.#limits = { headTicks: Math.ceil(headMs / lookMs), idleTicks: Math.ceil(idleMs / lookMs) };
    const own = server.listeners('connection');
    server.removeAllListeners('connection');
    this.#passOn = (socket) => {
      for (const listener of own) Reflect.apply(listener, server, [socket]);
    };
    server.on('connection', (socket: Socket) => this.#take(socket));
    this.#sweeper = setInterval(() => this.#sweep(), lookMs).unref();
    this.#measure(metrics);
  }

  handOver(connection: LaneConnection, socket: Socket): void {
    this.#connections.delete(connection);
    this.#handedOver++;
    this.#passOn(socket);
  }

  onClose(connection: LaneConnection): void {
    this.#connections.delete(connection);
  }

  /** Ends connections that have nothing under way, and from now on each as soon as it has not. May be called again. */
  closeIdle(): void {
    this.closing = true;
    for (const connection of this.#connections) connection.closeIfIdle();
  }

  /** Stops looking at connections. May be called again. */
  close(): void {
    this.closeIdle();
    clearInterval(this.#sweeper);
  }

  #take(socket: Socket): void {
    if (this.closing) this.#passOn(socket);
    else this.#connections.add(new LaneConnection(socket, this));
  }

  #sweep(): void {
    this.tick++;
    const { headTicks, idleTicks } = this.#limits;
    for (const connection of this.#connections) {
      const { state, since } = connection;
      if (UNLIMITED.has(state)) continue;
      // The tick in which a state began does not count: it may have been over at once.
      if (this.tick - since > (state === 'head' ? headTicks : idleTicks)) connection.expire();
      else if (this.closing) connection.closeIfIdle();
    }
  }

  #measure(metrics: Registry): void {
    const registers = [metrics];
    const connections = () => this.#connections.size;
    const handedOver = () => this.#handedOver;
    new Gauge({
      name: 'awaz_http_fast_lane_connections',
      help: 'Connections on the fast lane',
      registers,
      collect() {
        this.set(connections());
      },
    });
    new Counter({
      name: 'awaz_http_fast_lane_handed_over_total',
      help: 'Connections that left the fast lane for the ordinary parser',
      registers,
      collect() {
        this.reset();
        this.inc(handedOver());
      },
    });
  }
}
