import type { Acknowledgement, EventEnvelope, KeptEventName } from '@awaz/infra/contract';
import { KEPT_EVENTS } from '@awaz/infra/contract';
import { io, type Socket } from 'socket.io-client';

/** A kept event as a client heard it, and when (ms, monotonic). */
export type HeardEvent = { event: KeptEventName; data: EventEnvelope & Record<string, unknown>; heardAt: number };

/** A client of the live events that notes all it hears. */
export type LiveClient = {
  readonly socket: Socket;
  /** Kept events in the order in which they came. */
  readonly heard: HeardEvent[];
  // biome-ignore lint/suspicious/noExplicitAny: the tests look at what came, whatever it is
  call(event: string, body?: unknown): Promise<Acknowledgement & Record<string, any>>;
  close(): void;
};

/** How to connect. */
export type LiveConnection = {
  namespace?: string;
  auth?: object;
  reconnect?: boolean;
  headers?: Record<string, string>;
};

/** Connects to a node; `auth` and the namespace as in the interface. Rejects with the server's `connect_error`. */
export async function connectLive(
  origin: string,
  { namespace = '', auth = {}, reconnect = false, headers = {} }: LiveConnection = {},
): Promise<LiveClient> {
  const socket = io(origin + namespace, {
    transports: ['websocket'],
    forceNew: true,
    reconnection: reconnect,
    reconnectionDelay: 50,
    reconnectionDelayMax: 200,
    auth,
    extraHeaders: headers,
  });
  const heard: HeardEvent[] = [];
  for (const event of KEPT_EVENTS) {
    socket.on(event, (data: HeardEvent['data']) => heard.push({ event, data, heardAt: performance.now() }));
  }
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', () => resolve());
    socket.once('connect_error', (error) => {
      socket.close();
      reject(error);
    });
  });
  return {
    socket,
    heard,
    call: (event, body = {}) => socket.timeout(10_000).emitWithAck(event, body),
    close: () => socket.close(),
  };
}
