import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A client below Socket.IO: texts of the Engine.IO protocol (version 4) over a WebSocket, in a shape that can be broken. */
export type RawLiveSocket = {
  readonly socket: WebSocket;
  /** Everything that came, as text. */
  readonly received: string[];
  /** Close code, once it is closed. */
  closeCode(): number | undefined;
  send(data: string | Buffer): void;
  /** Reads nothing more, so that what the server sends piles up; nor answers pings. */
  freeze(): void;
};

/** Opens one; `enter` also enters the namespace `/`. */
export async function openRawLiveSocket(
  port: number,
  { enter = true, headers = {} }: { enter?: boolean; headers?: Record<string, string> } = {},
): Promise<RawLiveSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, { headers });
  const received: string[] = [];
  let code: number | undefined;
  socket.on('message', (data) => {
    const text = String(data);
    received.push(text);
    if (text === '2') socket.send('3');
  });
  socket.on('close', (closed) => {
    code = closed;
  });
  socket.on('error', () => undefined); // a reset is a close too
  await once(socket, 'open');
  if (enter) socket.send('40');
  return {
    socket,
    received,
    closeCode: () => code,
    send: (data) => socket.send(data),
    freeze: () => socket.pause(),
  };
}
