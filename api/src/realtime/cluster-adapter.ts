import type { RedisHandle } from '@awaz/infra/redis';
import { createAdapter } from '@socket.io/redis-streams-adapter';

/** Redis stream of operations over nodes. */
const STREAM = 'awaz:socket.io';

/** Operations that are kept; those older are lost to a node that was cut off for that long. */
const KEPT_OPERATIONS = 1000;

/** Carries operations over nodes, such as disconnecting an account's sockets. `close` drops its connections. */
export type ClusterAdapter = { adapter: ReturnType<typeof createAdapter>; close(): void };

/**
 * The adapter of Socket.IO over Redis streams. Events do not go through it: their order comes from the event log. Close
 * the Socket.IO server first.
 */
export function createClusterAdapter(handle: RedisHandle): ClusterAdapter {
  const client = handle.connect('patient');
  const connections = [client];
  // The adapter makes its own connections from this one; they belong to the handle like all others.
  client.duplicate = () => {
    const further = handle.connect('patient');
    connections.push(further);
    // The adapter does not look at what comes of it; it fails only when closed before it was connected.
    const subscribe = further.subscribe.bind(further) as (...channels: string[]) => Promise<unknown>;
    Object.assign(further, { subscribe: (...channels: string[]) => subscribe(...channels).catch(() => undefined) });
    return further;
  };
  const options = { streamName: STREAM, channelPrefix: STREAM, maxLen: KEPT_OPERATIONS, onlyPlaintext: true };
  const create = createAdapter(client, options);
  return {
    // Socket.IO calls it with `new`, so it is no arrow function.
    adapter: function adapterOf(namespace: unknown) {
      return withWholeFrames(create(namespace));
    },
    close: () => {
      for (const connection of connections) connection.disconnect();
    },
  };
}

/** What the in-memory adapter under every other one does with a packet for many: one frame for all of them. */
type Encoding = { _encode(packet: unknown, options: { wsPreEncodedFrame?: Buffer[] }): unknown };

/**
 * The library makes a frame for all sockets of a room in two pieces, its head and what it carries, and every socket pays for
 * joining them: with two buffers a write is corked and becomes `writev`. In one piece they are a plain write.
 */
function withWholeFrames<Adapter>(adapter: Adapter): Adapter {
  const encoding = adapter as Encoding;
  const encode = encoding._encode.bind(encoding);
  encoding._encode = (packet, options) => {
    const encoded = encode(packet, options);
    const frame = options.wsPreEncodedFrame;
    if (frame !== undefined && frame.length > 1) options.wsPreEncodedFrame = [Buffer.concat(frame)];
    return encoded;
  };
  return adapter;
}
