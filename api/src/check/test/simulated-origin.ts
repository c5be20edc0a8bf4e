import { gzipSync } from 'node:zlib';
import {
  type DeliveryDirectives,
  deltaUpdate,
  judgeReload,
  type MediaPlaylist,
  parseDeliveryDirectives,
  renderMediaPlaylist,
  renderMultivariantPlaylist,
} from '@awaz/transcoder/hls';
import type { HttpPort, TransportFacts, WireAnswer, WireRequest } from '../http-port.ts';
import type { SimulatedClock } from './simulated-clock.ts';
import {
  edgeAt,
  FRAMES_PER_PART,
  PART_SECONDS,
  PARTS_AT_START,
  PARTS_PER_SEGMENT,
  playlistAt,
  RENDITIONS,
  type SimulatedSetup,
  USUAL_SETUP,
} from './simulated-playlist.ts';
import { syntheticFragment, syntheticInit } from './synthetic-media.ts';

/** An answer before it is sent. */
export type SimulatedAnswer = {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
  /** Ms between the halves of the body. */
  trickleMs?: number;
};

/** What a request is about, for those who break something. */
export type Asked = {
  request: WireRequest;
  kind: 'multivariant' | 'playlist' | 'init' | 'part' | 'segment' | 'nothing';
  /** 0 where there is none. */
  rendition: number;
  msn: number;
  index: number;
  directives: DeliveryDirectives;
  query: string;
  /** Ms since the broadcast was first looked at. */
  elapsedMs: number;
  /** Whether it had to wait. */
  wasHeld: boolean;
};

/** Ways to break the origin; everything that is left out stays in order. */
export type OriginFaults = {
  setup?: Partial<SimulatedSetup>;
  /** Ms by which a part (counted from the first one after the start) is late. */
  lateMs?: (part: number) => number;
  model?: (playlist: MediaPlaylist, asked: Asked) => MediaPlaylist;
  text?: (text: string, asked: Asked) => string;
  multivariant?: (text: string) => string;
  /** Bytes of init sections, parts and segments. */
  media?: (bytes: Uint8Array, asked: Asked) => Uint8Array;
  /** The whole judgement of directives: `answer` at once, `hold` as usual, or a status. */
  judge?: (asked: Asked) => 'answer' | number | undefined;
  answer?: (answer: SimulatedAnswer, asked: Asked) => SimulatedAnswer;
  /** Ms before the answer to a request begins. */
  delayMs?: (asked: Asked) => number;
  transport?: Partial<TransportFacts>;
  /** What becomes of requests for the hinted part, of those that were held too long, and of `_HLS_skip`. */
  refuseHints?: boolean;
  expire?: 'answer';
  ignoreSkip?: boolean;
};

const BASE = 'https://origin.example/live/';

/** Where the simulated broadcast is. */
export const SIMULATED_URL = `${BASE}index.m3u8`;

const CORS = { 'access-control-allow-origin': '*', 'access-control-expose-headers': 'Age, Date' };

/** A small low-latency origin in memory: two renditions, a part about each second, all by the rules unless broken. */
export class SimulatedOrigin implements HttpPort {
  readonly #clock: SimulatedClock;
  readonly #faults: OriginFaults;
  readonly #setup: SimulatedSetup;
  readonly #startedAt: number;

  constructor(clock: SimulatedClock, faults: OriginFaults = {}) {
    this.#clock = clock;
    this.#faults = faults;
    this.#setup = { ...USUAL_SETUP, ...faults.setup };
    this.#startedAt = clock.now();
  }

  inspect(): Promise<TransportFacts> {
    return Promise.resolve({ protocol: 'h2', tls: 'TLSv1.3', pingAnswered: true, ...this.#faults.transport });
  }

  close(): void {}

  async send(request: WireRequest, signal: AbortSignal): Promise<WireAnswer> {
    const asked = this.#read(request);
    await this.#clock.sleep(this.#faults.delayMs?.(asked) ?? 0, signal);
    const plain = await this.#reply(asked, signal);
    signal.throwIfAborted();
    const { status, headers, body, trickleMs } = this.#faults.answer?.(plain, asked) ?? plain;
    const sent = request.method === 'HEAD' ? new Uint8Array(0) : body;
    return { status, headers, protocol: 'h2', body: this.#stream(sent, trickleMs ?? 0) };
  }

  async *#stream(body: Uint8Array, trickleMs: number): AsyncGenerator<Uint8Array> {
    const half = trickleMs === 0 ? body.length : body.length >> 1;
    yield body.subarray(0, half);
    if (trickleMs > 0) await this.#clock.sleep(trickleMs, new AbortController().signal);
    if (half < body.length) yield body.subarray(half);
  }

  #read(request: WireRequest): Asked {
    const url = new URL(request.url);
    const query = url.search.slice(1);
    const parsed = parseDeliveryDirectives(query);
    const directives = parsed.ok ? parsed.directives : {};
    const asked = {
      request,
      rendition: 0,
      msn: -1,
      index: -1,
      directives,
      query,
      elapsedMs: this.#elapsed(),
      wasHeld: false,
    };
    const match = /^\/live\/(?:([^/]+)\/)?([^/]+)$/.exec(url.pathname);
    const rendition = RENDITIONS.findIndex(({ name }) => name === match?.[1]);
    const file = match?.[2] ?? '';
    if (file === 'index.m3u8') return { ...asked, kind: 'multivariant' };
    if (rendition < 0) return { ...asked, kind: 'nothing' };
    if (file === 'playlist.m3u8') return { ...asked, kind: 'playlist', rendition };
    if (file === 'init.mp4') return { ...asked, kind: 'init', rendition };
    const [, msn, index] = /^(\d+)(?:\.(\d+))?\.m4s$/.exec(file) ?? [];
    if (msn === undefined) return { ...asked, kind: 'nothing' };
    const kind = index === undefined ? 'segment' : 'part';
    return { ...asked, kind, rendition, msn: Number(msn), index: Number(index ?? -1) };
  }

  #elapsed(): number {
    return this.#clock.now() - this.#startedAt;
  }

  get #ended(): boolean {
    return this.#elapsed() >= this.#setup.endsAfterMs;
  }

  get #parts(): number {
    const elapsed = Math.min(this.#elapsed(), this.#setup.endsAfterMs);
    let count = 0;
    while ((count + 1) * PART_SECONDS * 1000 + (this.#faults.lateMs?.(count) ?? 0) <= elapsed) count++;
    const parts = PARTS_AT_START + count;
    // What was begun is brought to an end.
    return this.#ended ? Math.ceil(parts / PARTS_PER_SEGMENT) * PARTS_PER_SEGMENT : parts;
  }

  /** At least 1 ms, also when rounding says that the moment is there. */
  get #msToNextPart(): number {
    const elapsed = this.#elapsed();
    const part = this.#parts - PARTS_AT_START;
    const at = (part + 1) * PART_SECONDS * 1000 + (this.#faults.lateMs?.(part) ?? 0);
    return Math.max(1, Math.min(at, this.#setup.endsAfterMs) - elapsed);
  }

  async #reply(asked: Asked, signal: AbortSignal): Promise<SimulatedAnswer> {
    if (asked.request.method === 'OPTIONS') {
      return { status: 204, headers: { ...CORS, 'access-control-allow-headers': 'Range' }, body: new Uint8Array(0) };
    }
    switch (asked.kind) {
      case 'multivariant':
        return this.#playlistAnswer(this.#multivariant(), asked, 'no-store');
      case 'playlist':
        return this.#playlist(asked, signal);
      case 'nothing':
        return problem(404, `max-age=${this.#setup.targetDuration}`);
      default:
        return this.#media(asked, signal);
    }
  }

  #multivariant(): string {
    const variants = RENDITIONS.map(({ name, frameBytes }) => ({
      uri: `${name}/playlist.m3u8`,
      bandwidth: Math.ceil(bitrate(frameBytes) * 1.05),
      averageBandwidth: Math.round(bitrate(frameBytes)),
      codecs: 'mp4a.40.2',
    }));
    const text = renderMultivariantPlaylist({ independentSegments: true, variants });
    return this.#faults.multivariant?.(text) ?? text;
  }

  async #playlist(asked: Asked, signal: AbortSignal): Promise<SimulatedAnswer> {
    const parsed = parseDeliveryDirectives(asked.query);
    const own = this.#faults.judge?.(asked);
    if (typeof own === 'number') return problem(own, 'no-store');
    if (!parsed.ok && own === undefined && !this.#ended) return problem(400, 'no-store');
    const held = own === 'answer' ? 'answer' : await this.#hold(asked.directives, signal);
    if (held === 'refuse') return problem(400, 'no-store');
    if (held === 'expired' && this.#faults.expire !== 'answer') return problem(503, 'no-store');
    asked.wasHeld = held === 'held';
    const now = { ...asked, elapsedMs: this.#elapsed() };
    const { targetDuration } = this.#setup;
    const maxAge = asked.directives.msn === undefined ? targetDuration / 2 : 6 * targetDuration;
    return this.#playlistAnswer(this.#render(now), now, `max-age=${maxAge}`);
  }

  async #hold(directives: DeliveryDirectives, signal: AbortSignal): Promise<'answer' | 'held' | 'refuse' | 'expired'> {
    const until = this.#clock.now() + 3000 * this.#setup.targetDuration;
    for (let outcome: 'answer' | 'held' = 'answer'; ; outcome = 'held') {
      const verdict = judgeReload(directives, edgeAt({ parts: this.#parts, ended: this.#ended }));
      if (verdict.kind === 'answer') return outcome;
      if (verdict.kind === 'refuse') return 'refuse';
      if (this.#clock.now() >= until || signal.aborted) return 'expired';
      await this.#clock.sleep(Math.min(this.#msToNextPart, until - this.#clock.now()), signal);
    }
  }

  #render(asked: Asked): string {
    const now = this.#clock.now();
    const moment = { setup: this.#setup, parts: this.#parts, ended: this.#ended, now, startedAt: this.#startedAt };
    const full = playlistAt({ ...moment, rendition: asked.rendition });
    const skip = this.#faults.ignoreSkip ? undefined : asked.directives.skip;
    const removedDateRanges = full.dateRanges.length === 1 ? [{ id: 'jingle', removedAt: now }] : [];
    const sent = skip === undefined ? full : deltaUpdate({ ...full, removedDateRanges }, { skip, now });
    const text = renderMediaPlaylist(this.#faults.model?.(sent, asked) ?? sent);
    return this.#faults.text?.(text, asked) ?? text;
  }

  #playlistAnswer(text: string, { request }: Asked, cacheControl: string): SimulatedAnswer {
    const gzip = request.headers['accept-encoding']?.includes('gzip') ?? false;
    return {
      status: 200,
      headers: {
        ...CORS,
        'content-type': 'application/vnd.apple.mpegurl',
        'cache-control': cacheControl,
        vary: 'Accept-Encoding',
        priority: 'u=1',
        ...(gzip ? { 'content-encoding': 'gzip' } : {}),
      },
      body: gzip ? gzipSync(text, { level: 1 }) : Buffer.from(text),
    };
  }

  async #media(asked: Asked, signal: AbortSignal): Promise<SimulatedAnswer> {
    if (!(await this.#isThere(asked, signal))) return problem(404, `max-age=${this.#setup.targetDuration}`);
    const bytes = mediaBytes(asked);
    return rangeOf(this.#faults.media?.(bytes, asked) ?? bytes, asked.request);
  }

  /** Holds a request for the part that is hinted. */
  async #isThere(asked: Asked, signal: AbortSignal): Promise<boolean> {
    const { kind, msn, index } = asked;
    if (kind === 'init') return true;
    const place = kind === 'segment' ? (msn + 1) * PARTS_PER_SEGMENT : msn * PARTS_PER_SEGMENT + index + 1;
    if (kind === 'part' && index >= PARTS_PER_SEGMENT) return false;
    const holds = kind === 'part' && this.#faults.refuseHints !== true;
    while (holds && place === this.#parts + 1 && !this.#ended && !signal.aborted) {
      asked.wasHeld = true;
      await this.#clock.sleep(this.#msToNextPart, signal);
    }
    return place <= this.#parts;
  }
}

function bitrate(frameBytes: number): number {
  return (mediaBytes({ kind: 'part', rendition: 0, msn: 0, index: 0, frameBytes }).length * 8) / PART_SECONDS;
}

type MediaAsked = Pick<Asked, 'kind' | 'rendition' | 'msn' | 'index'> & { frameBytes?: number };

/** Bytes are the same in all origins; made once. */
const made = new Map<string, Uint8Array>();

function mediaBytes({
  kind,
  rendition,
  msn,
  index,
  frameBytes = RENDITIONS[rendition]?.frameBytes ?? 0,
}: MediaAsked): Uint8Array {
  const name = `${kind} ${msn} ${index} ${frameBytes}`;
  const known = made.get(name);
  if (known !== undefined) return known;
  const part = (at: number) =>
    syntheticFragment({
      firstFrame: (msn * PARTS_PER_SEGMENT + at) * FRAMES_PER_PART,
      frames: FRAMES_PER_PART,
      frameBytes,
    });
  const whole = () => Buffer.concat(Array.from({ length: PARTS_PER_SEGMENT }, (_, at) => part(at)));
  const bytes = kind === 'init' ? syntheticInit() : kind === 'part' ? part(index) : whole();
  made.set(name, bytes);
  return bytes;
}

function rangeOf(body: Uint8Array, { headers }: WireRequest): SimulatedAnswer {
  const fields = { ...CORS, 'content-type': 'audio/mp4', 'cache-control': 'max-age=60', priority: 'u=3' };
  const match = /^bytes=(\d+)-(\d*)$/.exec(headers.range ?? '');
  if (match === null) return { status: 200, headers: fields, body };
  const start = Number(match[1]);
  if (start >= body.length)
    return { status: 416, headers: { ...fields, 'content-range': `bytes */${body.length}` }, body: new Uint8Array(0) };
  const end = Math.min(match[2] === '' ? body.length - 1 : Number(match[2]), body.length - 1);
  const headersOfPart = { ...fields, 'content-range': `bytes ${start}-${end}/${body.length}` };
  return { status: 206, headers: headersOfPart, body: body.subarray(start, end + 1) };
}

function problem(status: number, cacheControl: string): SimulatedAnswer {
  return {
    status,
    headers: { ...CORS, 'content-type': 'application/problem+json', 'cache-control': cacheControl },
    body: Buffer.from('{}'),
  };
}
