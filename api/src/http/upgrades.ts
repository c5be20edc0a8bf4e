import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** Takes over a socket that asked for an upgrade. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** An upgrade path: `prefix` itself and everything below it. */
export type UpgradeRoute = { prefix: string; take: TakeUpgrade };

const REFUSED = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/** Hands each upgrade to whoever its path belongs to; others are refused with 404. */
export function dispatchUpgrades(routes: readonly UpgradeRoute[]): TakeUpgrade {
  return (request, socket, head) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = routes.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    if (route !== undefined) {
      route.take(request, socket, head);
      return;
    }
    socket.on('error', () => undefined); // reset while the refusal is written; nothing is left to do
    socket.end(REFUSED);
  };
}
