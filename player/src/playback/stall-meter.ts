import type { Milliseconds } from '@awaz/infra/contract';

/** A wait for data shorter than this is not shown to anybody, in ms. */
const SHOWN_AFTER_MS = 600;

/** What a {@link StallMeter} calls. */
export type StallEvents = {
  /** Sound flows, for the first time or again. */
  onFlow: () => void;
  /** The buffer ran empty in the middle of playback. */
  onStall: () => void;
  /** The wait, whatever its reason, has become long enough to be shown. */
  onLongWait: () => void;
};

/** Counts how often and how long an audio element ran out of data while it played; for the life of the page's element. */
export class StallMeter {
  readonly #audio: HTMLAudioElement;
  readonly #events: StallEvents;
  readonly #listening = new AbortController();
  #count = 0;
  #totalMs: Milliseconds = 0;
  /** Sound flows since the last start or seek: only then an empty buffer is a stall. */
  #flows = false;
  #stalledAt: number | null = null;
  #shown: ReturnType<typeof setTimeout> | undefined;

  constructor(audio: HTMLAudioElement, events: StallEvents) {
    this.#audio = audio;
    this.#events = events;
    const { signal } = this.#listening;
    audio.addEventListener('waiting', () => this.#onWaiting(), { signal });
    for (const type of ['playing', 'ratechange']) audio.addEventListener(type, () => this.#look(), { signal });
    for (const type of ['pause', 'emptied', 'ended']) audio.addEventListener(type, () => this.#settle(), { signal });
    const interrupted = () => {
      this.#flows = false;
    };
    for (const type of ['seeking', 'emptied']) audio.addEventListener(type, interrupted, { signal });
    audio.addEventListener('seeked', () => this.#look(), { signal });
  }

  /** Stalls since the page was opened. */
  get count(): number {
    return this.#count;
  }

  /** Sum of all stalls in ms, the present one included. */
  get totalMs(): Milliseconds {
    return this.#totalMs + (this.#stalledAt === null ? 0 : performance.now() - this.#stalledAt);
  }

  /** Stops counting. Idempotent. */
  close(): void {
    this.#settle();
    this.#listening.abort();
  }

  #onWaiting(): void {
    clearTimeout(this.#shown);
    this.#shown = setTimeout(this.#events.onLongWait, SHOWN_AFTER_MS);
    if (!this.#flows || this.#stalledAt !== null) return;
    this.#count += 1;
    this.#stalledAt = performance.now();
    this.#events.onStall();
  }

  /** With a rate of 0 the player waits for a buffer on purpose: to the listener that is part of the stall. */
  #look(): void {
    const { paused, playbackRate, readyState, seeking } = this.#audio;
    if (paused || seeking || playbackRate === 0 || readyState < HTMLMediaElement.HAVE_FUTURE_DATA) return;
    this.#flows = true;
    this.#settle();
    this.#events.onFlow();
  }

  #settle(): void {
    clearTimeout(this.#shown);
    if (this.#stalledAt === null) return;
    this.#totalMs += performance.now() - this.#stalledAt;
    this.#stalledAt = null;
  }
}
