import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Where the bytes of one listener go. */
export type ResponseSink = {
  write(bytes: Buffer): void;
  /** Bytes that were written and are not yet with the system. */
  unsent(): number;
  end(): void;
  /** Cuts the connection (in HTTP/2: the stream) at once. */
  destroy(): void;
};

/** Whether the client has left; responses of HTTP/2 know it only of their stream. */
export function isGone(res: ServerResponse): boolean {
  return res.destroyed || ('stream' in res && (res.stream as { destroyed: boolean } | undefined)?.destroyed !== false);
}

/**
 * A response whose header block has been sent, as a sink. On a connection of its own, bytes go straight to the socket,
 * which saves a third of the CPU time that they cost by way of the response.
 */
export function responseSink(res: ServerResponse): ResponseSink {
  const { socket } = res;
  const ownsConnection = socket !== null && res.req.httpVersionMajor === 1;
  const stream = 'stream' in res ? (res.stream as Pick<ServerResponse, 'writableLength' | 'destroy'>) : res;
  return {
    write: (bytes) => {
      if (ownsConnection) socket.write(bytes);
      else if (!isGone(res)) res.write(bytes);
    },
    unsent: () => (ownsConnection ? socket.writableLength : stream.writableLength),
    end: () => {
      if (!res.writableEnded && !isGone(res)) res.end();
    },
    destroy: () => {
      stream.destroy();
    },
  };
}

/** A connection whose header block has been sent, as a sink. */
export function socketSink(socket: Socket): ResponseSink {
  return {
    write: (bytes) => {
      socket.write(bytes);
    },
    unsent: () => socket.writableLength,
    end: () => {
      socket.destroySoon();
    },
    destroy: () => {
      socket.destroy();
    },
  };
}
