import { type IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Takes over a socket that asked for an upgrade. */
export type TakeUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** An upgrade path: `prefix` itself and everything below it. */
export type UpgradeRoute = { prefix: string; take: TakeUpgrade };

const REFUSED = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n';

/**
 * Hands each WebSocket upgrade to whoever its path belongs to; at other paths it is refused with 404. Other upgrades (some
 * clients offer `h2c` with an ordinary request) are not taken: the request is answered like any other.
 */
export function dispatchUpgrades(
  routes: readonly UpgradeRoute[],
  onRequest: (req: IncomingMessage, res: ServerResponse) => void,
): TakeUpgrade {
  return (request, socket, head) => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const route = routes.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    const isWebSocket = request.headers.upgrade?.toLowerCase() === 'websocket';
    if (isWebSocket && route !== undefined) {
      route.take(request, socket, head);
      return;
    }
    socket.on('error', () => undefined); // reset while the answer is written; nothing is left to do
    if (isWebSocket || !(socket instanceof Socket)) socket.end(REFUSED);
    else answerWithoutUpgrade(request, socket, onRequest);
  };
}

/** Node has taken its parser off the connection, so it ends with this answer. */
function answerWithoutUpgrade(
  request: IncomingMessage,
  socket: Socket,
  onRequest: (req: IncomingMessage, res: ServerResponse) => void,
): void {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket);
  response.once('finish', () => socket.end());
  onRequest(request, response);
}
