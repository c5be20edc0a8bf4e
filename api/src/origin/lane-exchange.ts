import type { LaneRequest } from '../http/fast-lane/lane-connection.ts';
import type { RequestFields } from '../http/fast-lane/request-fields.ts';
import { type Answer, streamHead } from './answer.ts';
import type { Exchange } from './exchange.ts';
import type { RequestClass } from './origin-metrics.ts';
import { type ResponseSink, socketSink } from './progressive/response-sink.ts';

/** A request of the fast lane: a GET over HTTP/1.1. */
export class LaneExchange implements Exchange {
  readonly startedAt = performance.now();
  requestClass: RequestClass = 'other';
  wasHeld = false;
  isPrivate = false;
  readonly #request: LaneRequest;
  #answered = false;

  constructor(request: LaneRequest) {
    this.#request = request;
  }

  get method(): string {
    return 'GET';
  }

  get target(): string {
    return this.#request.target;
  }

  get fields(): RequestFields {
    return this.#request.fields;
  }

  get gone(): boolean {
    return this.#request.gone;
  }

  whenGone(listener: () => void): void {
    this.#request.whenGone(listener);
  }

  send(answer: Answer, close: boolean): void {
    // The connection may be at its next request by now, which is not to get the answer of this one.
    if (this.#answered) return;
    this.#answered = true;
    const last = close || this.#request.closing;
    this.#request.send(last ? answer.lastBytes() : answer.readyBytes(), last);
  }

  begin(headers: Record<string, string>): ResponseSink {
    this.#answered = true;
    return socketSink(this.#request.begin(streamHead(headers)));
  }
}
