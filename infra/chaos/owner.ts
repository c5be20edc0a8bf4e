import WebSocket from 'ws';
import { CHUNK_MS, FEED_TYPE, type WebmFeed } from '../bench/webm-feed.ts';
import type { Milliseconds } from '../contract/index.ts';
import { pause } from '../runtime/index.ts';
import { loadOwnerClient, type OwnerClient } from './owner-client.ts';
import { type SentChunk, SentChunks } from './sent-chunks.ts';

/** Who publishes what and where to. */
export type OwnerOptions = {
  /** Addresses of the nodes as the owner sees them, `http://…`. */
  servers: readonly string[];
  station: { slug: string; key: string };
  feed: WebmFeed;
  signal: AbortSignal;
  /** Told what the client says. */
  say: (line: string) => void;
};

/** Somebody who broadcasts a feed in real time with the project's own client, and notes what was acknowledged when. */
export class Owner {
  readonly sent = new SentChunks();
  readonly #options: OwnerOptions;
  readonly #clientModule: Awaited<ReturnType<typeof loadOwnerClient>>;
  readonly #startedAt: Milliseconds;
  #client: OwnerClient;
  #feed: WebmFeed;
  #feedStart = 0;
  /** Chunks of the present client that are not acknowledged, oldest first. */
  #waiting: SentChunk[] = [];
  #takenMs: Milliseconds = 0;
  #broadcastId: string | undefined;
  #connectedUrl = '';
  #next = 0;
  #away = false;
  #ended = false;
  readonly #capturing: Promise<void>;

  private constructor(options: OwnerOptions, clientModule: Awaited<ReturnType<typeof loadOwnerClient>>) {
    this.#options = options;
    this.#clientModule = clientModule;
    this.#feed = options.feed;
    this.#startedAt = clientModule.clientTime();
    this.#client = this.#connect();
    this.#capturing = this.#capture();
  }

  /** Connects and begins to send. */
  static async start(options: OwnerOptions): Promise<Owner> {
    return new Owner(options, await loadOwnerClient());
  }

  /** Index of the server that it is connected to, or tries to be. */
  get server(): number {
    return this.#options.servers.findIndex((server) => new URL(server).host === new URL(this.#connectedUrl).host);
  }

  /** Whether all but the newest audio is acknowledged. */
  get isSettled(): boolean {
    return this.#client.state === 'open' && this.#client.totals.unackedMs < 500;
  }

  /** Where the client is. */
  get state(): string {
    return this.#client.state;
  }

  /** When capture began, ms since 1970. */
  get startedAt(): Milliseconds {
    return this.#startedAt;
  }

  /** Loads the page anew: what was not acknowledged is gone, capture goes on after `awayMs` in the same broadcast. */
  async reload(awayMs: Milliseconds): Promise<void> {
    this.#away = true;
    this.#client.close();
    await pause(awayMs, this.#options.signal);
    this.#waiting = [];
    this.#takenMs = 0;
    this.#next = Math.ceil((this.#clientModule.clientTime() - this.#startedAt) / CHUNK_MS);
    this.#feedStart = this.#next;
    this.#feed = this.#options.feed.from(this.#next);
    this.#client = this.#connect();
    this.#away = false;
  }

  /** Stops capturing, delivers the rest and ends the broadcast. */
  async end(): Promise<void> {
    this.#ended = true;
    await this.#capturing;
    const { confirmed, reason } = await this.#client.end();
    if (!confirmed) throw new Error(`The end of the broadcast was not confirmed (${reason}).`);
  }

  /** Leaves at once. May be called again. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#client.close();
    await this.#capturing;
  }

  #connect(): OwnerClient {
    const { servers, station, say } = this.#options;
    const client = new this.#clientModule.IngestClient({
      servers,
      station: station.slug,
      key: station.key,
      openSocket: (url) => {
        this.#connectedUrl = url;
        return new WebSocket(url);
      },
      ...(this.#broadcastId === undefined ? {} : { broadcastId: this.#broadcastId }),
    });
    client.on('ready', ({ broadcastId }) => {
      this.#broadcastId = broadcastId;
    });
    client.on('ack', () => this.#acknowledge(client));
    client.on('lost', ({ durationMs, reason }) => this.#giveUp(durationMs, reason));
    client.on('error', ({ code, message }) => say(`owner: ${code ?? 'no connection'}: ${message}`));
    client.on('notice', ({ code, message }) => say(`owner: ${code}: ${message}`));
    client.on('restart', () => this.#restart(client));
    client.startEpoch(FEED_TYPE);
    return client;
  }

  #acknowledge(client: OwnerClient): void {
    const now = this.#clientModule.clientTime();
    for (; this.#takenMs + CHUNK_MS <= client.totals.ackedMs + 1; this.#takenMs += CHUNK_MS) {
      const chunk = this.#waiting.shift();
      if (chunk !== undefined) chunk.ackedAt ??= now;
    }
  }

  #giveUp(durationMs: Milliseconds, reason: string): void {
    this.#options.say(`owner: ${durationMs} ms given up (${reason})`);
    this.#waiting.splice(0, Math.round(durationMs / CHUNK_MS));
  }

  #restart(client: OwnerClient): void {
    this.#options.say('owner: the server asks for a new container stream');
    client.startEpoch(FEED_TYPE);
    this.#feedStart = this.#next;
    this.#feed = this.#options.feed.from(this.#next);
  }

  /** Sends each chunk when its last sample would have been captured; a process that was held up catches up. */
  async #capture(): Promise<void> {
    while (!this.#ended && !this.#options.signal.aborted) {
      const capturedAt = this.#startedAt + (this.#next + 1) * CHUNK_MS;
      const waitMs = capturedAt - this.#clientModule.clientTime();
      if (waitMs > 0 || this.#away) {
        await pause(Math.max(5, waitMs), this.#options.signal);
        continue;
      }
      const payload = this.#feed.chunk(this.#next - this.#feedStart);
      // The decoder of a stream that begins in the middle of a sound needs its first chunk to settle.
      const settles = this.#next === this.#feedStart && this.#next > 0;
      this.#waiting.push(settles ? { capturedAt } : this.sent.add(this.#next, capturedAt));
      this.#client.send({ payload, capturedAt, durationMs: CHUNK_MS });
      this.#next++;
    }
  }
}
