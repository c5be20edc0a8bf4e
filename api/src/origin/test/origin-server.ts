import { Agent, createServer, type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { createLogger, Registry } from '@awaz/infra/runtime';
import { FastLane } from '../../http/fast-lane/fast-lane.ts';
import { LIVE_PREFIX, Origin, type OriginOptions } from '../index.ts';

/** An answer, read whole. */
export type Read = { status: number; headers: IncomingHttpHeaders; body: Buffer; text: string };

/** How to ask. A plain request takes the fast lane, unless `byNode` makes it one for Node's own parser. */
export type Ask = { method?: string; headers?: Record<string, string>; signal?: AbortSignal; byNode?: boolean };

/** An origin behind a real http server with a fast lane. */
export type OriginServer = {
  readonly port: number;
  readonly origin: Origin;
  /** Figures as the metrics page shows them. */
  metrics(): Promise<string>;
  /** Asks over a connection of its own; gzip is undone. */
  get(path: string, ask?: Ask): Promise<Read>;
  close(): Promise<void>;
};

/** Starts an origin on a free port. */
export async function startOrigin(
  handle: RedisHandle,
  options: Pick<OriginOptions, 'limits' | 'stationExists' | 'stationTitle' | 'audience' | 'access' | 'door'> = {},
): Promise<OriginServer> {
  const bus = new ControlBus(handle);
  const metrics = new Registry();
  const logger = createLogger('origin-test', 'silent');
  const origin = new Origin({ handle, bus, registry: new BroadcastRegistry(handle), logger, metrics, ...options });
  const server = createServer((req, res) => {
    if (!origin.handle(req, res)) res.writeHead(404).end('not of the origin');
  });
  const lane = new FastLane(server, {
    prefix: LIVE_PREFIX,
    onRequest: (request) => origin.handleLane(request),
    headMs: 15_000,
    idleMs: 65_000,
    metrics,
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin,
    metrics: () => metrics.metrics(),
    get: (path, ask) => get(port, path, ask),
    close: async () => {
      await origin.close();
      bus.close();
      lane.close();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Asks a server on this machine and reads the answer whole. */
export function get(port: number, path: string, ask: Ask = {}): Promise<Read> {
  const { method = 'GET', headers = {}, signal, byNode = false } = ask;
  // A connection of its own: one that stays open is asked for by what may take the fast lane.
  const agent = new Agent({ keepAlive: !byNode });
  return new Promise<Read>((resolve, reject) => {
    const asked = request({ port, path, method, headers, signal, host: '127.0.0.1', agent }, (res) => {
      const pieces: Buffer[] = [];
      res.on('data', (piece: Buffer) => pieces.push(piece));
      res.on('error', reject);
      res.on('end', () => {
        const raw = Buffer.concat(pieces);
        const zipped = res.headers['content-encoding'] === 'gzip' && raw.length > 0;
        const body = zipped ? gunzipSync(raw) : raw;
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body, text: body.toString() });
      });
    });
    asked.on('error', reject);
    asked.end();
  }).finally(() => agent.destroy());
}

/** Whether a promise is still open after everything that is under way on this machine had `ms` to settle it. */
export async function isPending(promise: Promise<unknown>, ms = 120): Promise<boolean> {
  const open = Symbol('open');
  const timeout = new Promise((resolve) => setTimeout(resolve, ms, open));
  return (await Promise.race([promise, timeout])) === open;
}
