import type { IncomingMessage, ServerResponse } from 'node:http';
import { findFfmpeg } from '@awaz/infra/binaries';
import type { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { AwazError } from '@awaz/infra/contract';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger, Registry, Service } from '@awaz/infra/runtime';
import type { LaneRequest } from '../http/fast-lane/lane-connection.ts';
import type { RequestFields } from '../http/fast-lane/request-fields.ts';
import { Answer } from './answer.ts';
import { METHOD_NOT_ALLOWED, PREFLIGHT, privateAnswer, problemAnswer } from './answer-headers.ts';
import type { BroadcastTail } from './broadcast-tail.ts';
import type { Exchange } from './exchange.ts';
import { LaneExchange } from './lane-exchange.ts';
import { type Admission, admit, type ListenAccess } from './listen-access.ts';
import { askDoor, type ListenerDoor, makesListener, refusalAnswer, wantsSessionByToken } from './listener-door.ts';
import { sessionOf } from './listener-session.ts';
import { LiveDirectory } from './live-directory.ts';
import { mediaReply } from './media-reply.ts';
import { multivariantReply, OFF_AIR, UNKNOWN_STATION } from './multivariant-reply.ts';
import { NodeExchange } from './node-exchange.ts';
import { OriginMetrics, type RequestClass } from './origin-metrics.ts';
import { isOfStation, LIVE_PREFIX, type OriginPath, parseOriginPath, type StationPath } from './origin-path.ts';
import { playlistReply } from './playlist-reply.ts';
import { ProgressiveStreams, type StreamRequest } from './progressive/progressive-streams.ts';
import type { PathOf, Reply } from './reply.ts';
import { RequestHolder } from './request-holder.ts';
import { streamReply } from './stream-reply.ts';
import { TailedBroadcasts } from './tailed-broadcasts.ts';

/** Other limits than the usual ones; each is described where its usual value is. */
export type OriginLimits = {
  maxTailed?: number;
  maxWaiters?: number;
  idleMs?: number;
  mediaAfterEndMs?: number;
  maxHoldMs?: number;
  maxListeners?: number;
  maxEncoders?: number;
  encoderLingerMs?: number;
};

/** Told by the origin who gets sound; each call must be short and must not throw. */
export type AudienceObserver = {
  /**
   * A part or segment was answered, or the playlist of a session behind a proxy. There is no session when a cache took it
   * out of the path.
   */
  media(station: string, session: string | undefined, broadcastId: string): void;
  /** Somebody begins to read a progressive stream; the function that comes back is called when he stops. */
  stream(station: string, session: string, broadcastId: string): () => void;
};

/** What an origin needs; the caller closes handle and bus after it. */
export type OriginOptions = {
  handle: RedisHandle;
  bus: Pick<ControlBus, 'listen'>;
  registry: Pick<BroadcastRegistry, 'get'>;
  logger: Logger;
  metrics: Registry;
  /** Tells an unknown station from one that is off air; left out, every station counts as known. */
  stationExists?: (station: string) => Promise<boolean>;
  /** What a station is called, for players of its progressive stream; its slug when left out. */
  stationTitle?: (station: string) => Promise<string | undefined>;
  /** Wants to know who listens. */
  audience?: AudienceObserver;
  /** Decides who may listen; left out, everybody may listen to everything. */
  access?: ListenAccess;
  /** Decides whether there is room for another listener; left out, there always is. */
  door?: ListenerDoor;
  limits?: OriginLimits;
};

/** Least time between two log lines about requests that failed, in ms. */
const FAILURE_LOG_MS = 1000;

const UNAVAILABLE = problemAnswer(
  new AwazError('unavailable', 'The broadcast cannot be read at the moment.', { retryAfterMs: 1000 }),
  'passing',
);
const NOT_FOUND = problemAnswer(new AwazError('not_found', 'There is nothing at this address.'), 'missing');

/**
 * The same for a broadcast that is not known, or whose station is private and its session no good: the two must not differ.
 * A cache that takes the session out of its key must not keep it for those whose session is good.
 */
const NO_BROADCAST = privateAnswer(NOT_FOUND);

/**
 * Answers everything below `/live/` straight from the http server: playlists, parts, segments. Any number of origins on
 * one Redis give the same answers. `close` answers what is held and may be called again.
 */
export class Origin implements Service {
  readonly #options: OriginOptions;
  readonly #metrics: OriginMetrics;
  readonly #directory: LiveDirectory;
  readonly #broadcasts: TailedBroadcasts;
  readonly #holder: RequestHolder;
  readonly #streams: ProgressiveStreams;
  #closing: Promise<void> | undefined;
  #failures = 0;
  #failuresLoggedAt = -FAILURE_LOG_MS;

  constructor(options: OriginOptions) {
    const { handle, logger, limits } = options;
    this.#options = options;
    this.#directory = new LiveDirectory(options, options.bus);
    const onRender = (ms: number) => this.#metrics.rendered(ms);
    this.#broadcasts = new TailedBroadcasts({ handle, logger, directory: this.#directory, onRender, ...limits });
    this.#streams = new ProgressiveStreams({
      ...options,
      ...limits,
      findFfmpeg,
      joined: (request, cut) => this.#joined(request, cut),
      observer: { sent: (bytes) => this.#metrics.sent(bytes), dropped: () => this.#metrics.dropped() },
    });
    this.#metrics = new OriginMetrics(options.metrics, {
      held: () => this.#broadcasts.held.held,
      tailed: () => this.#broadcasts.size,
      windowBytes: () => this.#broadcasts.bytes,
      streamListeners: () => this.#streams.listeners,
      encoders: () => this.#streams.encoders,
    });
    this.#holder = new RequestHolder({
      send: (exchange, answer) => this.#send(exchange, answer),
      onHeld: (ms) => this.#metrics.held(ms),
      maxHoldMs: limits?.maxHoldMs,
    });
  }

  /** Takes a request if it is the origin's; false leaves it to others. */
  handle(req: IncomingMessage, res: ServerResponse): boolean {
    if (!(req.url ?? '').startsWith(LIVE_PREFIX)) return false;
    this.#answer(new NodeExchange(req, res));
    return true;
  }

  /** Takes a request of the fast lane, which has only such as are the origin's. */
  handleLane(request: LaneRequest): void {
    this.#answer(new LaneExchange(request));
  }

  #answer(exchange: Exchange): void {
    const path = parseOriginPath(exchange.target);
    exchange.requestClass = classOf(path);
    const { method } = exchange;
    if (method === 'OPTIONS') this.#send(exchange, PREFLIGHT);
    else if (method !== 'GET' && method !== 'HEAD') this.#send(exchange, METHOD_NOT_ALLOWED);
    else if (path === undefined) this.#send(exchange, NOT_FOUND);
    else this.#admit(exchange, path);
  }

  /** Answers what is held with 503, ends streams and tails, and from then on closes each connection with its answer. */
  close(): Promise<void> {
    this.#holder.close();
    this.#directory.close();
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#streams.close();
    await this.#broadcasts.close();
  }

  #admit(exchange: Exchange, path: OriginPath): void {
    const { door } = this.#options;
    const refusal = isOfStation(path) && wantsSessionByToken(path) ? door?.refusal : undefined;
    if (refusal === undefined) this.#checkAccess(exchange, path);
    else this.#send(exchange, refusalAnswer(refusal));
  }

  #checkAccess(exchange: Exchange, path: OriginPath): void {
    const { access } = this.#options;
    const admission = access === undefined ? 'open' : admit(access, path);
    if (!(admission instanceof Promise)) this.#enter(exchange, path, admission);
    else {
      admission.then(
        (decided) => this.#enter(exchange, path, decided),
        (error: unknown) => this.#unavailable(exchange, error),
      );
    }
  }

  /** Whoever may not listen to a private station gets what he would get if there were none. */
  #enter(exchange: Exchange, path: OriginPath, admission: Admission): void {
    if (admission === 'refused') {
      this.#send(exchange, isOfStation(path) ? UNKNOWN_STATION : NO_BROADCAST);
    } else if (admission === 'open') {
      this.#route(exchange, path);
    } else {
      exchange.isPrivate = true;
      this.#route(exchange, isOfStation(path) ? { ...path, session: admission.session } : path);
    }
  }

  #route(exchange: Exchange, path: OriginPath): void {
    const tail = isOfStation(path) ? undefined : this.#broadcasts.find(path);
    if (tail !== undefined) this.#serve(exchange, path, tail);
    else this.#routeLater(exchange, path).catch((error: unknown) => this.#unavailable(exchange, error));
  }

  async #routeLater(exchange: Exchange, path: OriginPath): Promise<void> {
    const found = isOfStation(path) ? await this.#current(path) : await this.#broadcasts.open(path);
    if (found === undefined) this.#send(exchange, NO_BROADCAST);
    else if (found instanceof Answer) this.#send(exchange, found);
    else this.#serve(exchange, path, found);
  }

  /** The broadcast that is on air, or ended lately; otherwise what to answer. */
  async #current({ station }: StationPath): Promise<BroadcastTail | Answer> {
    const { record, isKnown } = await this.#directory.get(station);
    if (record !== undefined && !this.#broadcasts.isOver(record)) {
      return (await this.#broadcasts.open({ station, broadcastId: record.broadcastId })) ?? OFF_AIR;
    }
    return isKnown ? OFF_AIR : UNKNOWN_STATION;
  }

  #serve(exchange: Exchange, path: OriginPath, tail: BroadcastTail): void {
    const { door } = this.#options;
    if (door === undefined || !isOfStation(path) || !makesListener(exchange, tail)) {
      this.#reply(exchange, path, tail);
      return;
    }
    const { path: named, verdict } = askDoor(door, path);
    const enter = (refusal: AwazError | undefined) => {
      if (refusal === undefined) this.#reply(exchange, named, tail);
      else this.#send(exchange, refusalAnswer(refusal));
    };
    if (verdict instanceof Promise) verdict.then(enter, (error: unknown) => this.#unavailable(exchange, error));
    else enter(verdict);
  }

  #reply(exchange: Exchange, path: OriginPath, tail: BroadcastTail): void {
    const reply = judge(exchange, path, tail);
    if (reply.kind === 'answer') {
      this.#observe(exchange, path, reply.answer);
      this.#send(exchange, reply.answer);
      return;
    }
    if (reply.kind === 'stream') {
      if (path.kind === 'stream') this.#stream({ exchange, path, tail, ladder: reply.ladder });
      return;
    }
    const again = () => {
      exchange.wasHeld = true;
      // The right may have gone meanwhile.
      if (exchange.isPrivate) this.#admit(exchange, path);
      else this.#serve(exchange, path, tail);
    };
    this.#holder.hold({ exchange, tail, hold: reply, again });
  }

  #observe({ method, fields }: Exchange, path: OriginPath, { status }: Answer): void {
    if (status < 300 && method === 'GET' && tellsOfListener(path, fields)) {
      this.#options.audience?.media(path.station, path.session, path.broadcastId);
    }
  }

  #joined({ path, tail }: StreamRequest, cut: () => void): () => void {
    const { audience, access } = this.#options;
    const session = sessionOf(path);
    const left = audience?.stream(path.station, session, tail.place.broadcastId);
    const release = access?.hold(path.station, session, cut);
    return () => {
      left?.();
      release?.();
    };
  }

  #stream(request: StreamRequest): void {
    const { exchange } = request;
    this.#streams.serve(request).then(
      (refusal) => {
        if (refusal === undefined) this.#metrics.answered('stream', 200, 0);
        else this.#send(exchange, refusal);
      },
      (error: unknown) => this.#unavailable(exchange, error),
    );
  }

  #send(exchange: Exchange, answer: Answer): void {
    const bodyBytes = exchange.method === 'HEAD' ? 0 : answer.body.length;
    this.#metrics.answered(exchange.requestClass, answer.status, bodyBytes);
    exchange.send(exchange.isPrivate ? privateAnswer(answer) : answer, this.#closing !== undefined);
  }

  /** What is not in memory has to come from Redis; without it there is nothing to answer with. */
  #unavailable(exchange: Exchange, error: unknown): void {
    if (error instanceof AwazError) {
      this.#send(exchange, problemAnswer(error, 'passing'));
      return;
    }
    this.#failures++;
    const now = performance.now();
    if (now - this.#failuresLoggedAt >= FAILURE_LOG_MS) {
      this.#options.logger.error({ err: error, failures: this.#failures }, 'requests could not be answered');
      this.#failures = 0;
      this.#failuresLoggedAt = now;
    }
    this.#send(exchange, UNAVAILABLE);
  }
}

function judge(exchange: Exchange, path: OriginPath, tail: BroadcastTail): Reply {
  if (path.kind === 'playlist') return playlistReply({ exchange, path, tail });
  if (path.kind === 'multivariant') return multivariantReply({ exchange, path, tail });
  if (path.kind === 'stream') return streamReply({ exchange, path, tail });
  return mediaReply({ exchange, path, tail });
}

/**
 * Init sections, and playlists that a player asks for itself, make nobody a listener. Behind a proxy, which may have a
 * session's media in its cache, the session's playlists are all there is to see of it. RFC 9110 7.6.3: "A proxy MUST send
 * an appropriate Via header field, as described below, in each message that it forwards."
 */
function tellsOfListener(path: OriginPath, fields: RequestFields): path is PathOf<'part' | 'segment' | 'playlist'> {
  if (path.kind === 'playlist') return fields.via !== undefined && path.session !== undefined;
  return path.kind === 'part' || path.kind === 'segment';
}

function classOf(path: OriginPath | undefined): RequestClass {
  if (path === undefined) return 'other';
  return path.kind === 'playlist' && path.query.includes('_HLS_msn') ? 'blocking_playlist' : path.kind;
}
