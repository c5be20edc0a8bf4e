import type { Clock } from '../clock.ts';
import type { HttpPort, WireAnswer, WireRequest } from '../http-port.ts';
import type { Exchange } from '../observations.ts';

/** Largest single answer that is read, in bytes. */
const MAX_ANSWER_BYTES = 16_000_000;

/** Longest that an answer may take which is not held on purpose, in ms. */
export const PATIENCE_MS = 10_000;

/** Requests that are kept as evidence; a check that is longer than they last ends early. */
const MAX_EXCHANGES = 20_000;

/** Redirects in a row that are followed. */
const MAX_REDIRECTS = 5;

/** What a {@link Client} needs. */
export type ClientOptions = {
  http: HttpPort;
  clock: Clock;
  /** Ends all requests. */
  signal: AbortSignal;
  /** Most bytes that are loaded in all. */
  maxBytes: number;
};

/** A request; the method is GET and the patience {@link PATIENCE_MS} when left out. */
export type Errand = {
  url: string;
  method?: WireRequest['method'];
  headers?: Readonly<Record<string, string>>;
  patienceMs?: number;
};

/** Sends requests and keeps what became of them. It never rejects: a request without an answer is an exchange too. */
export class Client {
  readonly exchanges: Exchange[] = [];
  readonly #options: ClientOptions;
  #bytes = 0;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Whether a cap is reached: from then on only what keeps the check going should be asked for. */
  get isExhausted(): boolean {
    return this.#bytes >= this.#options.maxBytes || this.exchanges.length >= MAX_EXCHANGES;
  }

  /** Sends one request and reads its whole answer. Redirects are followed, each as an exchange of its own. */
  async send(errand: Errand): Promise<Exchange> {
    let exchange = await this.#sendOne(errand);
    for (let hop = 0; hop < MAX_REDIRECTS && exchange.status >= 301 && exchange.status <= 308; hop++) {
      const target = redirectTarget(exchange);
      if (target === undefined) break;
      exchange = await this.#sendOne({ ...errand, url: target });
    }
    return exchange;
  }

  async #sendOne({ url, method = 'GET', headers = {}, patienceMs = PATIENCE_MS }: Errand): Promise<Exchange> {
    const { http, clock } = this.#options;
    const request: WireRequest = { method, url, headers };
    const limit = new Limit(this.#options, patienceMs);
    const sentAt = clock.now();
    let exchange: Exchange;
    let answer: WireAnswer | undefined;
    let headAt = sentAt;
    let body: Collected = { bytes: new Uint8Array(0) };
    try {
      answer = await http.send(request, limit.signal);
      headAt = clock.now();
      body = await collect(answer.body);
    } catch (error) {
      body = { ...body, failure: limit.reason ?? messageOf(error) };
    } finally {
      limit.close();
      exchange = exchangeOf({ request, answer, body, times: { sentAt, headAt, endedAt: clock.now() } });
    }
    this.#bytes += exchange.body.length;
    this.exchanges.push(exchange);
    return exchange;
  }
}

function redirectTarget({ headers, request }: Exchange): string | undefined {
  const { location } = headers;
  if (location === undefined || !URL.canParse(location, request.url)) return undefined;
  const { href, protocol } = new URL(location, request.url);
  return protocol === 'http:' || protocol === 'https:' ? href : undefined;
}

type Collected = { bytes: Uint8Array; failure?: string };

type Made = {
  request: WireRequest;
  answer: WireAnswer | undefined;
  body: Collected;
  times: Pick<Exchange, 'sentAt' | 'headAt' | 'endedAt'>;
};

function exchangeOf({ request, answer, body, times }: Made): Exchange {
  return {
    request,
    status: answer?.status ?? 0,
    headers: answer?.headers ?? {},
    protocol: answer?.protocol ?? '',
    body: body.bytes,
    ...times,
    ...(body.failure === undefined ? {} : { failure: body.failure }),
  };
}

async function collect(body: AsyncIterable<Uint8Array>): Promise<Collected> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > MAX_ANSWER_BYTES)
      return { bytes: Buffer.concat(pieces), failure: `longer than ${MAX_ANSWER_BYTES} bytes` };
    pieces.push(piece);
  }
  return { bytes: pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces) };
}

/** Ends a request when its time is up or the whole check ends. */
class Limit {
  readonly #request = new AbortController();
  readonly #timer = new AbortController();
  readonly #outer: AbortSignal;
  reason: string | undefined;

  constructor({ clock, signal }: ClientOptions, patienceMs: number) {
    this.#outer = signal;
    signal.addEventListener('abort', this.#stop);
    if (signal.aborted) this.#stop();
    void clock.sleep(patienceMs, this.#timer.signal).then(() => {
      if (!this.#timer.signal.aborted) this.#end(`no whole answer within ${patienceMs / 1000} s`);
    });
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  close(): void {
    // Without a reason an error with its stack would be made for each request.
    this.#timer.abort('over');
    this.#outer.removeEventListener('abort', this.#stop);
  }

  readonly #stop = () => this.#end('the check was stopped');

  #end(reason: string): void {
    this.reason ??= reason;
    this.#request.abort();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return error.message === '' ? (code ?? error.name) : error.message;
}
