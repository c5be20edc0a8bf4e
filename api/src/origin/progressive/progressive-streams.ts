import { AwazError, type Rung } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import type { Answer } from '../answer.ts';
import { problemAnswer } from '../answer-headers.ts';
import type { BroadcastTail } from '../broadcast-tail.ts';
import type { Exchange } from '../exchange.ts';
import type { PathOf } from '../reply.ts';
import { AdtsSource } from './adts-source.ts';
import { MP3_KBPS, Mp3Encoder } from './mp3-encoder.ts';
import { chosenRendition } from './stream-choice.ts';
import { type FeedObserver, StreamFeed } from './stream-feed.ts';
import { streamHeaders, wantsIcy } from './stream-headers.ts';
import { StreamListener } from './stream-listener.ts';

/** Most listeners of progressive streams in one process; the next one is refused with `overloaded`. */
export const MAX_STREAM_LISTENERS = 20_000;

/** Most MP3 encoders in one process; who would need another one is refused with `overloaded`. */
export const MAX_MP3_ENCODERS = 8;

/** How long an encoder goes on when nobody listens any more, in ms. */
export const ENCODER_LINGER_MS = 10_000;

/** What progressive streams need. */
export type ProgressiveOptions = {
  logger: Logger;
  observer: FeedObserver;
  /** What a station is called; its slug when left out, or when there is no answer. */
  stationTitle?: ((station: string) => Promise<string | undefined>) | undefined;
  /** Told of each listener that begins; `cut` ends his stream. What comes back is called when he has left. */
  joined?: ((request: StreamRequest, cut: () => void) => () => void) | undefined;
  /** Finds the ffmpeg that makes MP3. */
  findFfmpeg: () => Promise<{ path: string }>;
  /** Other limits than the usual ones. */
  maxListeners?: number | undefined;
  maxEncoders?: number | undefined;
  encoderLingerMs?: number | undefined;
};

/** A request for a progressive stream of a broadcast that has begun. */
export type StreamRequest = {
  exchange: Exchange;
  path: PathOf<'stream'>;
  tail: BroadcastTail;
  ladder: readonly Rung[];
};

/** What an encoder takes leaves the process only when it is encoded. */
const UNOBSERVED: FeedObserver = { sent: () => undefined, dropped: () => undefined };

type OpenStream = { feed: StreamFeed; stationTitle: string; close(): Promise<void> };

/** The progressive streams that somebody listens to through this process. `close` ends them all. */
export class ProgressiveStreams {
  readonly #options: ProgressiveOptions;
  readonly #streams = new Map<string, Promise<OpenStream>>();
  readonly #closings = new Set<Promise<void>>();
  #listeners = 0;
  #encoders = 0;
  #closed = false;

  constructor(options: ProgressiveOptions) {
    this.#options = options;
  }

  /** Who listens at the moment. */
  get listeners(): number {
    return this.#listeners;
  }

  /** How many MP3 encoders run at the moment. */
  get encoders(): number {
    return this.#encoders;
  }

  /** Answers with the stream, which goes on until the broadcast or the client ends. Settles with a refusal to send, if any. */
  async serve(request: StreamRequest): Promise<Answer | undefined> {
    const { exchange } = request;
    const { format, query } = request.path;
    const rendition = format === 'mp3' ? request.ladder.length - 1 : chosenRendition(request.ladder, query);
    const icy = wantsIcy(exchange.fields);
    const facts = {
      contentType: format === 'mp3' ? 'audio/mpeg' : 'audio/aac',
      kbps: format === 'mp3' ? MP3_KBPS : (request.ladder[rendition]?.kbps ?? 0),
      icy,
    };
    if (exchange.method === 'HEAD') {
      const stationTitle = await this.#titleOf(request.path.station);
      exchange.begin(streamHeaders({ ...facts, stationTitle })).end();
      return undefined;
    }
    if (format === 'mp3' && !this.#mayEncode(request)) return refuse('as many MP3 encoders');
    const stream = await this.#open(request, rendition);
    if (exchange.gone) return undefined;
    if (this.#closed) throw new AwazError('server_going_down');
    if (this.#listeners >= (this.#options.maxListeners ?? MAX_STREAM_LISTENERS)) return refuse('as many listeners');
    this.#join(request, stream.feed, { icy, headers: streamHeaders({ ...facts, stationTitle: stream.stationTitle }) });
    return undefined;
  }

  /** Ends all streams and their encoders. May be called again. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const [key, stream] of this.#streams) this.#drop(key, stream);
    await Promise.all(this.#closings);
  }

  #join(request: StreamRequest, feed: StreamFeed, how: { icy: boolean; headers: Record<string, string> }): void {
    const { exchange } = request;
    const listener = new StreamListener(exchange.begin(how.headers), how);
    this.#listeners++;
    const left = this.#options.joined?.(request, () => {
      feed.leave(listener);
      listener.cut();
    });
    exchange.whenGone(() => {
      this.#listeners--;
      left?.();
      feed.leave(listener);
    });
    feed.join(listener);
  }

  #mayEncode(request: StreamRequest): boolean {
    return this.#streams.has(keyOf(request, -1)) || this.#encoders < (this.#options.maxEncoders ?? MAX_MP3_ENCODERS);
  }

  /** The stream that others listen to already, or a new one. */
  async #open(request: StreamRequest, rendition: number): Promise<OpenStream> {
    const key = keyOf(request, rendition);
    for (let known = this.#streams.get(key); known !== undefined; known = this.#streams.get(key)) {
      const stream = await known;
      if (!stream.feed.ended) return stream;
      if (this.#streams.get(key) === known) this.#drop(key, known);
    }
    if (this.#closed) throw new AwazError('server_going_down');
    const isMp3 = request.path.format === 'mp3';
    const opening = isMp3 ? this.#openMp3(request, rendition) : this.#openAac(request, rendition);
    this.#streams.set(key, opening);
    try {
      const stream = await opening;
      this.#dropWhenEmpty(key, opening, { feed: stream.feed, lingerMs: isMp3 ? this.#lingerMs : 0 });
      return stream;
    } catch (error) {
      if (this.#streams.get(key) === opening) this.#streams.delete(key);
      throw error;
    }
  }

  async #openAac(
    { path, tail }: StreamRequest,
    rendition: number,
    observer = this.#options.observer,
  ): Promise<OpenStream> {
    const logger = this.#options.logger.child(tail.place);
    const stationTitle = await this.#titleOf(path.station);
    const feed = new StreamFeed(observer);
    const source = new AdtsSource({ tail, rendition, feed, stationTitle, logger });
    return { feed, stationTitle, close: async () => source.close() };
  }

  async #openMp3(request: StreamRequest, rendition: number): Promise<OpenStream> {
    this.#encoders++;
    try {
      const { path: ffmpegPath } = await this.#options.findFfmpeg();
      const source = await this.#openAac(request, rendition, UNOBSERVED);
      const output = new StreamFeed(this.#options.observer);
      const encoder = new Mp3Encoder({ ffmpegPath, output, logger: this.#options.logger.child(request.tail.place) });
      source.feed.join(encoder);
      const close = async () => {
        await source.close();
        await encoder.close();
        this.#encoders--;
      };
      return { feed: output, stationTitle: source.stationTitle, close };
    } catch (cause) {
      this.#encoders--;
      throw new AwazError('unavailable', 'This server cannot make MP3 at the moment; listen to stream.aac.', {
        cause,
        retryAfterMs: 30_000,
      });
    }
  }

  get #lingerMs(): number {
    return this.#options.encoderLingerMs ?? ENCODER_LINGER_MS;
  }

  #dropWhenEmpty(key: string, stream: Promise<OpenStream>, { feed, lingerMs }: { feed: StreamFeed; lingerMs: number }) {
    const dropIfEmpty = () => {
      if (feed.size === 0 && this.#streams.get(key) === stream) this.#drop(key, stream);
    };
    feed.onEmpty = () => {
      if (lingerMs === 0 || feed.ended) dropIfEmpty();
      else setTimeout(dropIfEmpty, lingerMs).unref();
    };
    // Whoever asked for it may be gone by now.
    setTimeout(dropIfEmpty, Math.max(lingerMs, 1000)).unref();
  }

  #drop(key: string, stream: Promise<OpenStream>): void {
    this.#streams.delete(key);
    const closing = stream
      .then(async (open) => {
        await open.close();
        open.feed.end();
      })
      .catch((error: unknown) => this.#options.logger.error({ err: error }, 'a progressive stream did not close'))
      .finally(() => this.#closings.delete(closing));
    this.#closings.add(closing);
  }

  async #titleOf(station: string): Promise<string> {
    const title = await this.#options.stationTitle?.(station).catch(() => undefined);
    return title ?? station;
  }
}

function keyOf({ path, tail }: StreamRequest, rendition: number): string {
  return `${path.station}/${tail.place.broadcastId}/${path.format === 'mp3' ? 'mp3' : rendition}`;
}

function refuse(what: string): Answer {
  const error = new AwazError('overloaded', `This server carries ${what} as it can.`, { retryAfterMs: 5000 });
  return problemAnswer(error, 'passing');
}
