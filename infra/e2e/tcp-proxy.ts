import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A wire that a test can cut: what connects to `port` is passed on to the target. */
export type TcpProxy = {
  readonly port: number;
  /** Breaks all connections, and all that are made until {@link TcpProxy.mend}. */
  cut(): void;
  /** Lets connections through again. */
  mend(): void;
  /** Breaks all connections and stops. May be called again. */
  close(): Promise<void>;
};

/** Starts a proxy to a port of this machine. */
export async function startTcpProxy(targetPort: number): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(targetPort, '127.0.0.1');
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => undefined); // a broken wire is what this is for
      from.once('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
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
    mend: () => {
      isCut = false;
    },
    close: async () => {
      if (!server.listening) return;
      server.close();
      breakAll();
      await once(server, 'close');
    },
  };
}
