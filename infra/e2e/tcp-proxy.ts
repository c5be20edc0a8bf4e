import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Transform } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';

/** Most bytes that pass a narrow wire in one go. */
const NARROW_PIECE_BYTES = 256;

/** A wire that a test can cut, stop or make narrow: what connects to `port` is passed on to the target. */
export type TcpProxy = {
  readonly port: number;
  /** Breaks all connections, and all that are made until {@link TcpProxy.mend}. */
  cut(): void;
  /** Lets nothing through any more, in either direction, and breaks nothing: both ends believe in their connections. */
  hang(): void;
  /** Lets at most so many bytes a second through to the target, for each connection. */
  narrow(bytesPerSecond: number): void;
  /** Lets connections through again, at full width; what hung goes on. */
  mend(): void;
  /** Breaks all connections and stops. May be called again. */
  close(): Promise<void>;
};

/** Starts a proxy to a port of this machine. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  let width = Number.POSITIVE_INFINITY;
  let passage = Promise.resolve();
  let goOn = () => {};
  const upward = () => new Passage({ passage: () => passage, width: () => width });
  const downward = () => new Passage({ passage: () => passage, width: () => Number.POSITIVE_INFINITY });
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    for (const [from, to, through] of [
      [near, far, upward()],
      [far, near, downward()],
    ] as const) {
      open.add(from);
      from.on('error', () => undefined); // a broken wire is what this is for
      from.once('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(through).pipe(to);
    }
    if (isCut) near.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const breakAll = () => {
    for (const socket of open) socket.resetAndDestroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      breakAll();
    },
    hang: () => {
      passage = new Promise((resolve) => {
        goOn = resolve;
      });
    },
    narrow: (bytesPerSecond) => {
      width = bytesPerSecond;
    },
    mend: () => {
      isCut = false;
      width = Number.POSITIVE_INFINITY;
      goOn();
    },
    close: async () => {
      if (!server.listening) return;
      server.close();
      goOn();
      breakAll();
      await once(server, 'close');
    },
  };
}

/** One direction of a connection. */
class Passage extends Transform {
  constructor({ passage, width }: { passage: () => Promise<void>; width: () => number }) {
    super({
      highWaterMark: 0,
      transform: (bytes: Buffer, _encoding, done) => {
        void this.#pass(bytes, { passage, width }).then(() => done());
      },
    });
  }

  async #pass(bytes: Buffer, { passage, width }: { passage: () => Promise<void>; width: () => number }): Promise<void> {
    for (let at = 0; at < bytes.length && !this.destroyed; ) {
      await passage();
      const piece = bytes.subarray(at, width() === Number.POSITIVE_INFINITY ? undefined : at + NARROW_PIECE_BYTES);
      at += piece.length;
      if (width() !== Number.POSITIVE_INFINITY) await sleep((piece.length * 1000) / width());
      this.push(piece);
    }
  }
}
