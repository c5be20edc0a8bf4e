import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { Registry } from '@awaz/infra/runtime';
import { Answer } from '../../../origin/answer.ts';
import { sendAnswer } from '../../../origin/send-answer.ts';
import { FastLane, type FastLaneOptions } from '../fast-lane.ts';
import type { LaneRequest } from '../lane-connection.ts';
import type { RequestFields } from '../request-fields.ts';

/** Requests below it may take the lane. */
export const PREFIX = '/live/';

/** Names of the fields that answers depend on. */
const NAMES = ['accept-encoding', 'range', 'if-range', 'icy-metadata'] as const;

/** A server, with a fast lane or without one. */
export type LaneServer = {
  readonly port: number;
  readonly server: Server;
  readonly lane: FastLane | undefined;
  /** The server's ends of the connections. */
  sockets(): Socket[];
  /** Requests that the lane answered. */
  laneRequests(): number;
  close(): Promise<void>;
};

/** What a request is understood as, as the body of its answer: both kinds of server say the same of the same bytes. */
function echo(method: string, target: string, fields: RequestFields): Answer {
  const said = NAMES.map((name) => [name, fields[name] ?? null]);
  const size = Number(/size=(\d+)/.exec(target)?.[1] ?? 0);
  const text = `${JSON.stringify({ method, target, said })}\n${'x'.repeat(size)}`;
  return new Answer(200, ['X-Echo', 'yes'], Buffer.from(text));
}

/** How a lane is to behave; as in production when left out. */
export type LaneOptions = Partial<FastLaneOptions>;

/** A server whose plain requests take the lane. */
export async function startLaneServer(options: LaneOptions = {}): Promise<LaneServer> {
  const server = echoServer();
  let requests = 0;
  const onRequest = (request: LaneRequest) => {
    requests++;
    request.send(echo('GET', request.target, request.fields).readyBytes(), false);
  };
  const usual = { prefix: PREFIX, onRequest, headMs: 15_000, idleMs: 65_000, metrics: new Registry() };
  const lane = new FastLane(server, { ...usual, ...options });
  return listen(server, lane, () => requests);
}

/** A server whose requests are all read by Node. */
export function startNodeServer(): Promise<LaneServer> {
  return listen(echoServer(), undefined, () => 0);
}

function echoServer(): Server {
  const server = createServer((req, res) => {
    // Bodies are read, so that what follows them is read too.
    req.resume();
    const fields = req.headers as RequestFields;
    sendAnswer(req, res, echo(req.method ?? '', req.url ?? '', fields));
  });
  server.keepAliveTimeout = 65_000;
  return server;
}

async function listen(server: Server, lane: FastLane | undefined, laneRequests: () => number): Promise<LaneServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    server,
    lane,
    sockets: () => [...sockets],
    laneRequests,
    close: async () => {
      lane?.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/**
 * Sends pieces as separate writes, ends its side, and reads all that comes until the connection is closed. What
 * differs from second to second is taken out.
 */
export function converse(port: number, pieces: readonly Buffer[]): Promise<string> {
  return new Promise((resolve) => {
    const read: Buffer[] = [];
    const socket = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true });
    socket.on('data', (piece: Buffer) => read.push(piece));
    socket.on('error', () => undefined);
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(withoutDate(Buffer.concat(read).toString('latin1'))));
    sendAll(socket, pieces).catch(() => undefined);
  });
}

async function sendAll(socket: ReturnType<typeof connect>, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed || socket.writableEnded) return;
    await new Promise<void>((resolve) => socket.write(piece, () => resolve()));
    // The server runs in this process: it gets its turns, and with them the piece by itself.
    for (let turns = 0; turns < 3; turns++) await turn();
  }
  if (!socket.writableEnded) socket.end();
}

function withoutDate(text: string): string {
  return text.replaceAll(/Date: [^\r]+/g, 'Date: now');
}
