import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A file that is served beside what is passed on. */
export type PageFile = { type: string; body: Buffer | string };

/** An answer with a status of 400 or above. */
export type Refusal = { at: number; status: number; path: string; body: string };

/** Answers that one player got. */
export type AnswerCounts = {
  /** By HTTP status. An answer that its client did not wait for has the status 0. */
  byStatus: Map<number, number>;
  /** Playlists that were asked for with `_HLS_msn`. */
  blocking: number;
  /** Parts. */
  parts: number;
  /** The first answers with a status of 400 or above, at most {@link REFUSALS_KEPT}. */
  refusals: Refusal[];
  /** Answers that broke off, or could not be had at all. */
  broken: string[];
};

/** A server between one player and the origin. */
export type CountingProxy = {
  /** Like `http://127.0.0.1:41234`. */
  readonly url: string;
  readonly counts: AnswerCounts;
  /** Stops at once. May be called again. */
  close(): Promise<void>;
};

/** Most refusals of which details are kept. */
export const REFUSALS_KEPT = 50;

/** Most bytes of a refusal's body that are kept. */
const BODY_KEPT = 200;

/** Where the proxy leads, and files that it serves itself, by path like `/page.html`. */
export type ProxyTarget = { origin: string; files?: ReadonlyMap<string, PageFile> };

/**
 * Passes requests on to an origin as they come, and counts the answers. Pages that are served by it have the origin's
 * address as their own. Headers and bodies are not changed; nothing is kept or put off.
 */
export async function startCountingProxy({ origin, files = new Map() }: ProxyTarget): Promise<CountingProxy> {
  const counts: AnswerCounts = { byStatus: new Map(), blocking: 0, parts: 0, refusals: [], broken: [] };
  const agent = new Agent({ keepAlive: true });
  const server = createServer((incoming, outgoing) => {
    const file = files.get(incoming.url ?? '');
    if (file !== undefined) {
      outgoing.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store' }).end(file.body);
    } else passOn(incoming, outgoing, { origin, agent, counts });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    counts,
    close: async () => {
      if (!server.listening) return;
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, 'close');
    },
  };
}

type Route = { origin: string; agent: Agent; counts: AnswerCounts };

function passOn(incoming: IncomingMessage, outgoing: ServerResponse, { origin, agent, counts }: Route): void {
  const path = incoming.url ?? '/';
  const target = new URL(origin);
  const onward = request({
    host: target.hostname,
    port: target.port,
    path,
    method: incoming.method ?? 'GET',
    headers: { ...incoming.headers, host: target.host },
    agent,
  });
  let left = false;
  onward.once('response', (answer) => {
    count(counts, { path, answer });
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    answer.pipe(outgoing);
    answer.once('error', (error) => {
      if (!left) counts.broken.push(`${path}: ${error.message}`);
      outgoing.destroy();
    });
  });
  onward.once('error', (error) => {
    if (!left) counts.broken.push(`${path}: ${error.message}`);
    outgoing.destroy();
  });
  outgoing.once('close', () => {
    if (outgoing.writableFinished) return;
    left = true;
    if (!outgoing.headersSent) bump(counts.byStatus, 0);
    onward.destroy();
  });
  incoming.pipe(onward);
}

function count(counts: AnswerCounts, { path, answer }: { path: string; answer: IncomingMessage }): void {
  const status = answer.statusCode ?? 0;
  bump(counts.byStatus, status);
  if (path.includes('_HLS_msn=')) counts.blocking++;
  if (/\/\d+\.\d+\.m4s(\?|$)/.test(path)) counts.parts++;
  if (status < 400 || counts.refusals.length >= REFUSALS_KEPT) return;
  const refusal: Refusal = { at: Date.now(), status, path, body: '' };
  counts.refusals.push(refusal);
  answer.on('data', (piece: Buffer) => {
    refusal.body = `${refusal.body}${piece.toString()}`.slice(0, BODY_KEPT);
  });
}

function bump(counts: Map<number, number>, status: number): void {
  counts.set(status, (counts.get(status) ?? 0) + 1);
}
