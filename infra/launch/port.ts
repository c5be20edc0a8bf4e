import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** Ports that are looked at for a free one to propose. */
const PROPOSALS = 50;

/**
 * The port to listen on: the wished one, or a free one for 0. Rejects with another port to use when it is taken, or may
 * not be used.
 */
export async function freePort(host: string, port: number): Promise<number> {
  const taken = await tryPort(host, port);
  if (typeof taken === 'number') return taken;
  if (taken.code === 'EADDRNOTAVAIL') throw new Error(`HOST=${host} is no address of this machine.`);
  const why = taken.code === 'EACCES' ? 'may only be used by root' : 'is in use by another program';
  const other = await proposal(host, port);
  throw new Error(`Port ${port} ${why}. Take another one: PORT=${other} npm start`);
}

async function proposal(host: string, port: number): Promise<number> {
  const first = port < 1024 ? 8080 : port + 1;
  for (let other = first; other < Math.min(first + PROPOSALS, 65_536); other++) {
    if (typeof (await tryPort(host, other)) === 'number') return other;
  }
  return 0;
}

async function tryPort(host: string, port: number): Promise<number | NodeJS.ErrnoException> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    return error as NodeJS.ErrnoException;
  } finally {
    server.close();
  }
}
