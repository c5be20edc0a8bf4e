import type { StreamReceiver } from './stream-listener.ts';

/** How much audio a listener gets at once when he joins, in seconds, and up to one part more. */
export const BURST_SECONDS = 1.5;

/** Told of what a feed does, for metrics. */
export type FeedObserver = {
  /** So many bytes went to so many receivers. */
  sent(bytes: number): void;
  /** A listener took too little and was dropped. */
  dropped(): void;
};

/** A piece of a stream: whole frames. */
export type StreamPiece = { bytes: Buffer; seconds: number; title: string };

/** One progressive stream: every piece goes to all who listen, and the last of them to those who join. */
export class StreamFeed {
  readonly #observer: FeedObserver;
  readonly #receivers = new Set<StreamReceiver>();
  #recent: StreamPiece[] = [];
  #recentSeconds = 0;
  #ended = false;
  /** Called when the last receiver has left. */
  onEmpty: () => void = () => undefined;

  constructor(observer: FeedObserver) {
    this.#observer = observer;
  }

  /** Who receives at the moment. */
  get size(): number {
    return this.#receivers.size;
  }

  /** Whether nothing will follow. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Adds a receiver, which gets the last pieces at once. */
  join(receiver: StreamReceiver): void {
    for (const { bytes, title } of joinEqualTitles(this.#recent)) {
      this.#observer.sent(bytes.length);
      receiver.send(bytes, title);
    }
    if (this.#ended) receiver.end();
    else this.#receivers.add(receiver);
  }

  /** Takes a receiver out; without effect when it is not there. */
  leave(receiver: StreamReceiver): void {
    if (this.#receivers.delete(receiver) && this.#receivers.size === 0) this.onEmpty();
  }

  /** Sends a piece to all. */
  push(piece: StreamPiece): void {
    if (this.#ended) return;
    this.#remember(piece);
    this.#observer.sent(piece.bytes.length * this.#receivers.size);
    for (const receiver of this.#receivers) {
      if (receiver.send(piece.bytes, piece.title)) continue;
      this.#observer.dropped();
      this.leave(receiver);
    }
  }

  /** Ends the stream for all. May be called again. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const receiver of this.#receivers) {
      receiver.end();
      this.leave(receiver);
    }
  }

  #remember(piece: StreamPiece): void {
    this.#recent.push(piece);
    this.#recentSeconds += piece.seconds;
    for (let oldest = this.#recent[0]; oldest !== undefined; oldest = this.#recent[0]) {
      if (this.#recentSeconds - oldest.seconds < BURST_SECONDS) return;
      this.#recentSeconds -= oldest.seconds;
      this.#recent.shift();
    }
  }
}

/** The same stream in as few pieces as its titles allow. */
function joinEqualTitles(pieces: readonly StreamPiece[]): { bytes: Buffer; title: string }[] {
  const runs: StreamPiece[][] = [];
  for (const piece of pieces) {
    const run = runs.at(-1);
    if (run?.[0]?.title === piece.title) run.push(piece);
    else runs.push([piece]);
  }
  return runs.map((run) => ({ bytes: Buffer.concat(run.map(({ bytes }) => bytes)), title: run[0]?.title ?? '' }));
}
