import { once } from 'node:events';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { WebSocket } from 'ws';
import { percentile } from '../../bench/stats.ts';
import { ReleaseStack } from '../../runtime/index.ts';
import { until } from '../../testkit/index.ts';
import type { Findings } from './findings.ts';
import { type NginxProxy, startNginx } from './nginx-proxy.ts';
import { type RecordedRequest, type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts';
import { Wire } from './wire.ts';

/** Pieces that are sent each way, and how long one may take at the median, in ms. */
const PIECES = 40;
const PASSING_MS = 20;

/** A body of that many bytes must not be refused: more than any default of nginx. */
const LARGE_BYTES = 8 * 1024 * 1024;

/** Longest time until an answer comes, in ms. */
const ANSWER_MS = 10_000;

type Flow = { proxy: NginxProxy; upstream: RecordingUpstream; found: Findings };

/** The same configuration in front of a server that records: nothing that flows may be kept back, nothing faked. */
export async function lookAtFlow(found: Findings): Promise<void> {
  const releases = new ReleaseStack();
  try {
    const upstream = releases.use(await startRecordingUpstream());
    const proxy = releases.use(await startNginx([upstream.url]));
    const flow = { proxy, upstream, found };
    await longBody(flow);
    await openAnswer(flow, '/api/v1/stations/radio/events', 'Server-Sent Event');
    await openAnswer(flow, '/live/radio/stream.aac', 'piece of a progressive stream');
    await socketMessages(flow);
    await privateMedia(flow);
  } finally {
    await releases.close();
  }
}

/** An Icecast source: one PUT whose body lasts. */
async function longBody({ proxy, upstream, found }: Flow): Promise<void> {
  const headers = { 'content-type': 'audio/mpeg', 'x-forwarded-for': '192.0.2.7' };
  const put = ask(proxy, '/ingest/radio', { method: 'PUT', headers });
  let status = 0;
  put.once('response', ({ statusCode = 0 }) => {
    status = statusCode;
  });
  put.flushHeaders();
  const seen = await recorded(upstream, 'PUT');
  const passing = await passingMs(
    (text) => put.write(text),
    () => seen.pieces,
  );
  put.end(Buffer.alloc(LARGE_BYTES, 'x'));
  await until(() => status, { timeoutMs: ANSWER_MS, what: `a body of ${LARGE_BYTES} bytes is answered` });
  const bytes = seen.pieces.reduce((sum, { text }) => sum + text.length, 0);
  found.expect(status === 200 && bytes > LARGE_BYTES, `a body of ${LARGE_BYTES} bytes got ${status}`);
  note(found, 'piece of a long PUT', passing);
  const { 'x-forwarded-for': client, 'x-forwarded-proto': scheme, host } = seen.headers;
  found.expect(client === '127.0.0.1', `X-Forwarded-For reached the API as "${client}": a client may fake its address`);
  found.expect(scheme === 'https' && host === new URL(proxy.url).host, `the API saw ${scheme}://${host}`);
}

async function openAnswer({ proxy, upstream, found }: Flow, path: string, name: string): Promise<void> {
  const get = ask(proxy, path, { headers: {} });
  get.end();
  const [response] = (await once(get, 'response')) as [IncomingMessage];
  const pieces: RecordedRequest['pieces'] = [];
  response.on('data', (piece: Buffer) => pieces.push({ at: performance.now(), text: piece.toString() }));
  response.on('error', () => undefined);
  note(found, name, await passingMs(upstream.write, () => pieces));
  const coding = response.headers['transfer-encoding'];
  if (path.endsWith('.aac')) found.expect(coding === undefined, `a progressive stream has coding ${coding}`);
  get.destroy();
}

async function socketMessages({ proxy, upstream, found }: Flow): Promise<void> {
  const socket = new WebSocket(`${proxy.url.replace('https', 'wss')}/ingest/socket`, { rejectUnauthorized: false });
  await once(socket, 'open');
  const seen = await until(() => upstream.requests.find(({ path }) => path === '/ingest/socket'), {
    what: 'the upgrade',
  });
  const back: RecordedRequest['pieces'] = [];
  socket.on('message', (data) => back.push({ at: performance.now(), text: String(data) }));
  note(
    found,
    'WebSocket message to the API',
    await passingMs(
      (text) => socket.send(text),
      () => seen.pieces,
    ),
  );
  note(found, 'WebSocket message to the client', await passingMs(upstream.write, () => back));
  socket.terminate();
}

/** What the API calls private must never come from the cache. */
async function privateMedia({ proxy, found }: Flow): Promise<void> {
  const wire = await Wire.open(proxy.url);
  try {
    for (const [name, wanted] of [
      ['public', 'HIT'],
      ['private', 'MISS'],
    ] as const) {
      const path = `/live/radio/~AAAAAAAAAAAAAAAAAAAAAA/${name}/64k/7.m4s`;
      await wire.get(path);
      const cache = (await wire.get(path)).headers['x-cache'];
      found.expect(cache === wanted, `media that are ${name} gave X-Cache ${cache} the second time`);
    }
  } finally {
    wire.close();
  }
}

/** Sends pieces one at a time, each when the one before has arrived; how long each took, in ms. */
async function passingMs(send: (text: string) => void, pieces: () => RecordedRequest['pieces']): Promise<number[]> {
  const took: number[] = [];
  for (let i = 0; i < PIECES; i++) {
    const text = `:${String(i).padStart(60, '.')}\n`;
    const sentAt = performance.now();
    send(text);
    const arrived = await until(() => pieces().find((piece) => piece.text.includes(text)), {
      ...{ timeoutMs: 5000, everyMs: 1 },
      what: `piece ${i} passes nginx; ${pieces().length} came`,
    });
    took.push(arrived.at - sentAt);
  }
  return took;
}

function note(found: Findings, name: string, tookMs: number[]): void {
  const p50 = percentile(tookMs, 0.5);
  found.row(`${name}: time through nginx, p50`, p50, 'ms');
  found.expect(p50 <= PASSING_MS, `a ${name} is kept back for ${p50.toFixed(0)} ms`);
}

function ask(
  { url }: NginxProxy,
  path: string,
  how: { method?: string; headers: Record<string, string> },
): ClientRequest {
  const asked = request(`${url}${path}`, { ...how, rejectUnauthorized: false, agent: false });
  asked.on('error', () => undefined); // a wait for what does not come then says so
  return asked;
}

function recorded(upstream: RecordingUpstream, method: string): Promise<RecordedRequest> {
  return until(() => upstream.requests.find((one) => one.method === method), { what: `a ${method} passes nginx` });
}
