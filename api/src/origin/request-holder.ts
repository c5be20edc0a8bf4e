import { AwazError } from '@awaz/infra/contract';
import type { Answer } from './answer.ts';
import { problemAnswer } from './answer-headers.ts';
import type { BroadcastTail } from './broadcast-tail.ts';
import type { Exchange } from './exchange.ts';
import type { Hold } from './reply.ts';
import type { Waiter, WaitOutcome } from './waiter-list.ts';

/** Target duration of broadcasts whose facts are not known yet, in seconds. */
const USUAL_TARGET_DURATION = 2;

const refuse = (code: 'hold_expired' | 'overloaded' | 'server_going_down', detail: string) =>
  problemAnswer(new AwazError(code, detail, { retryAfterMs: 1000 }), 'passing');

const EXPIRED = refuse('hold_expired', 'What this request waits for has not been published in time.');
const OVERLOADED = refuse('overloaded', 'This server holds as many requests as it can.');
const CLOSING = refuse('server_going_down', 'This server is going down; ask again.');
const GONE = problemAnswer(new AwazError('not_found', 'The broadcast is gone.'), 'passing');

/** What the holder needs. */
export type RequestHolderOptions = {
  send: (exchange: Exchange, answer: Answer) => void;
  /** Told how long each request was held, in ms. */
  onHeld: (ms: number) => void;
  /** Longest hold in ms; three target durations when left out. */
  maxHoldMs?: number | undefined;
};

/** A request that has to wait, for which broadcast, and what follows once it is there. */
export type HeldRequest = { exchange: Exchange; tail: BroadcastTail; hold: Hold; again: () => void };

/** Keeps requests until what they ask for is published, their time is up or their client has gone. */
export class RequestHolder {
  readonly #options: RequestHolderOptions;
  #closing = false;

  constructor(options: RequestHolderOptions) {
    this.#options = options;
  }

  /** Holds a request; one that is held again does not get more time. */
  hold({ exchange, tail, hold, again }: HeldRequest): void {
    const { send, onHeld, maxHoldMs } = this.#options;
    // RFC 8216bis 6.2.5.2: "A Server that cannot provide the requested Playlist after blocking for more than three Target
    // Durations SHOULD return Service Unavailable, such as HTTP 503."
    const longest = maxHoldMs ?? 3000 * (tail.window?.targetDuration ?? USUAL_TARGET_DURATION);
    const heldAt = performance.now();
    const waiter: Waiter = {
      target: hold.until,
      deadline: exchange.startedAt + longest,
      settle: (outcome) => {
        onHeld(performance.now() - heldAt);
        if (outcome === 'reached') again();
        else send(exchange, refusal(outcome, hold));
      },
    };
    if (this.#closing) send(exchange, CLOSING);
    else if (!tail.waiters.add(waiter)) send(exchange, OVERLOADED);
    else exchange.whenGone(() => tail.waiters.remove(waiter));
  }

  /** Holds nothing any more; what is held has to be settled by its lists. */
  close(): void {
    this.#closing = true;
  }
}

function refusal(outcome: Exclude<WaitOutcome, 'reached'>, hold: Hold): Answer {
  switch (outcome) {
    case 'expired':
      return hold.expired ?? EXPIRED;
    case 'gone':
      return GONE;
    case 'closing':
      return CLOSING;
  }
}
