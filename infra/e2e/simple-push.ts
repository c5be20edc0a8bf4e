import { once } from 'node:events';
import WebSocket from 'ws';
import type { IngestServerMessage } from '../contract/index.ts';
import type { StackStation } from './stack.ts';
import { sendInRealTime, type TimedChunk } from './timed-send.ts';

/** Where and what {@link pushSimply} pushes. */
export type SimplePush = {
  /** `http://…` of an API process. */
  server: string;
  station: StackStation;
  /** MIME type. */
  type: string;
  chunks: readonly TimedChunk[];
};

/** How a push went. */
export type SimplePushResult = {
  /** Ms since 1970 at which the first byte was handed to the socket. */
  firstByteAt: number;
  /** All that the server said. */
  messages: IngestServerMessage[];
};

/** An open ingest connection in simple mode. */
export type SimpleIngest = {
  readonly messages: readonly IngestServerMessage[];
  send(bytes: Uint8Array): void;
  /** Sends a text message. */
  say(message: object): void;
  /** Ends the broadcast and settles when the server has closed. */
  end(): Promise<void>;
  /** Drops the connection without a word. */
  drop(): void;
};

/** Connects like a browser that knows nothing but `ws.send(event.data)`. */
export async function openSimpleIngest(to: Pick<SimplePush, 'server' | 'station' | 'type'>): Promise<SimpleIngest> {
  const url = new URL(`/ingest/${to.station.slug}`, to.server.replace(/^http/, 'ws'));
  url.searchParams.set('key', to.station.key);
  url.searchParams.set('type', to.type);
  const socket = new WebSocket(url);
  const messages: IngestServerMessage[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as IngestServerMessage));
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'open');
  socket.on('error', () => undefined); // the close and the messages before it say why
  return {
    messages,
    send: (bytes) => socket.send(bytes),
    say: (message) => socket.send(JSON.stringify(message)),
    end: async () => {
      socket.send(JSON.stringify({ type: 'end' }));
      await closed;
    },
    drop: () => socket.terminate(),
  };
}

/** Pushes a whole stream with its own timing and ends the broadcast. Rejects when the server refuses it. */
export async function pushSimply(push: SimplePush): Promise<SimplePushResult> {
  const ingest = await openSimpleIngest(push);
  const firstByteAt = await sendInRealTime(push.chunks, ingest.send);
  await ingest.end();
  const messages = [...ingest.messages];
  const refusal = messages.find((message) => message.type === 'error');
  if (refusal !== undefined) throw new Error(`The server refused ${push.type}: ${JSON.stringify(refusal)}`);
  return { firstByteAt, messages };
}
