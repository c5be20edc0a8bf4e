import { type IngestHello, type IngestServerMessage, ingestPath, type Milliseconds } from '@awaz/infra/contract';
import type { EpochBuffer } from './epoch-buffer.ts';

/** Ways to say hello: without a past, with a broadcast, with a broadcast and its epoch. */
export type Greeting = 'fresh' | 'new_epoch' | 'continue';

/** The hello for an epoch of a broadcast, if there is one already. `now` is the client's clock. */
export function helloFor(
  epoch: EpochBuffer,
  { broadcastId, takeover, now }: { broadcastId: string | undefined; takeover: boolean; now: Milliseconds },
): { greeting: Greeting; hello: IngestHello } {
  const hello: IngestHello = { type: 'hello', format: epoch.format, clientTime: now };
  if (takeover) hello.takeover = true;
  if (broadcastId === undefined) return { greeting: 'fresh', hello };
  if (epoch.id === undefined) return { greeting: 'new_epoch', hello: { ...hello, resume: { broadcastId } } };
  return { greeting: 'continue', hello: { ...hello, resume: { broadcastId, epoch: epoch.id } } };
}

const KNOWN_TYPES = new Set(['ready', 'ack', 'quality', 'notice', 'error', 'ended']);

/** Reads a text message of the server; undefined for what this version does not know. */
export function parseServerMessage(text: string): IngestServerMessage | undefined {
  try {
    const message = JSON.parse(text) as { type?: unknown } | null;
    return KNOWN_TYPES.has(String(message?.type)) ? (message as IngestServerMessage) : undefined;
  } catch {
    return undefined;
  }
}

/** The ingest WebSocket of a station on a server given as `http(s)://…` or `ws(s)://…`. Throws a TypeError on a bad URL. */
export function ingestUrl(server: string, station: string, key: string): string {
  if (!/^(https?|wss?):/i.test(server) || !URL.canParse(server)) {
    throw new TypeError(`"${server}" is not the address of a server, like https://radio.example`);
  }
  const url = new URL(ingestPath(station), server);
  url.protocol = url.protocol.replace(/^http/, 'ws');
  url.searchParams.set('key', key);
  return url.href;
}
