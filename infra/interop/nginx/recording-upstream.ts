import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/** A request that came out of the proxy; the arrays grow while its body comes. */
export type RecordedRequest = {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  /** Pieces of its body with when they came, on `performance.now()`'s clock. */
  pieces: { at: number; text: string }[];
};

/** A server behind a proxy that keeps what it is sent and writes when it is told to. */
export type RecordingUpstream = {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Writes a piece to every answer that is open, and a message to every WebSocket. */
  write(text: string): void;
  /** Ends all connections and stops. May be called again. */
  close(): Promise<void>;
};

/**
 * Starts one. `PUT` is answered when its body ends, `GET` with an answer that stays open; a media path with an answer
 * that is private, another one that is public.
 */
export async function startRecordingUpstream(): Promise<RecordingUpstream> {
  const requests: RecordedRequest[] = [];
  const open = new Set<ServerResponse>();
  const server = createServer((req, res) => {
    const recorded = recordedOf(req);
    requests.push(recorded);
    req.on('data', (piece: Buffer) => recorded.pieces.push({ at: performance.now(), text: piece.toString() }));
    req.on('error', () => undefined); // the proxy tells its side
    if (req.method === 'PUT') req.once('end', () => res.end('taken'));
    else if (recorded.path.endsWith('.m4s')) {
      const scope = recorded.path.includes('/private/') ? 'private' : 'public';
      res.writeHead(200, { 'Cache-Control': `${scope}, max-age=60` }).end('media');
    } else {
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' }).flushHeaders();
      open.add(res);
      res.once('close', () => open.delete(res));
    }
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket, req) => {
    const recorded = recordedOf(req);
    requests.push(recorded);
    socket.on('message', (data) => recorded.pieces.push({ at: performance.now(), text: String(data) }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    write: (text) => {
      for (const res of open) res.write(text);
      for (const socket of sockets.clients) socket.send(text);
    },
    close: async () => {
      if (!server.listening) return;
      for (const socket of sockets.clients) socket.terminate();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function recordedOf({ method = '', url = '', headers }: IncomingMessage): RecordedRequest {
  return { method, path: url, headers, pieces: [] };
}
