import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestFields } from '../http/fast-lane/request-fields.ts';
import type { Answer } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { RequestClass } from './origin-metrics.ts';
import { isGone, type ResponseSink, responseSink } from './progressive/response-sink.ts';
import { sendAnswer } from './send-answer.ts';

const NO_BYTES = Buffer.alloc(0);

/** A request of Node's own server, HTTP/1 or HTTP/2. */
export class NodeExchange implements Exchange {
  readonly startedAt = performance.now();
  requestClass: RequestClass = 'other';
  wasHeld = false;
  isPrivate = false;
  readonly #req: IncomingMessage;
  readonly #res: ServerResponse;
  #onGone: (() => void) | undefined;

  constructor(req: IncomingMessage, res: ServerResponse) {
    this.#req = req;
    this.#res = res;
  }

  get method(): string {
    return this.#req.method ?? '';
  }

  get target(): string {
    return this.#req.url ?? '';
  }

  get fields(): RequestFields {
    return this.#req.headers as RequestFields;
  }

  get gone(): boolean {
    return isGone(this.#res);
  }

  whenGone(listener: () => void): void {
    if (this.#onGone === undefined) this.#res.once('close', () => this.#onGone?.());
    this.#onGone = listener;
  }

  send(answer: Answer, close: boolean): void {
    this.#onGone = ignore;
    if (close) this.#res.shouldKeepAlive = false;
    sendAnswer(this.#req, this.#res, answer);
  }

  begin(headers: Record<string, string>): ResponseSink {
    const res = this.#res;
    if (this.method !== 'HEAD') {
      res.shouldKeepAlive = false;
      res.useChunkedEncodingByDefault = false;
    }
    res.writeHead(200, headers);
    // `flushHeaders` would write the bytes of a title as if each of them were a character.
    if (this.method !== 'HEAD') res.write(NO_BYTES);
    return responseSink(res);
  }
}

function ignore(): void {
  // An answer was sent: who leaves now has left in time.
}
