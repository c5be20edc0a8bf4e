import { MAX_UNACKED_MS } from './chunk-backlog.ts';
import type { IngestClientEvents } from './client-events.ts';
import { joinLosses, type LostAudio } from './lost-audio.ts';
import type { EffectQueue } from './machine-effects.ts';

/** On a connection that lasts, audio is no longer being lost once less than this waits, in ms. */
const OVERFLOW_OVER_MS = MAX_UNACKED_MS - 2000;

/** Tells what was given up; what did not fit any more is collected and told once, as one span. */
export class LossTeller {
  readonly #effects: EffectQueue;
  #overflow: LostAudio | undefined;

  constructor(effects: EffectQueue) {
    this.#effects = effects;
  }

  /** Tells a loss, if it is one. */
  tell(lost: LostAudio | undefined, reason: IngestClientEvents['lost']['reason']): void {
    if (lost !== undefined) this.#effects.tell('lost', { ...lost, reason });
  }

  /** Collects what did not fit. */
  overflowed(lost: LostAudio | undefined): void {
    if (lost !== undefined) this.#overflow = joinLosses(this.#overflow, lost);
  }

  /** Whether audio did not fit, and by what still waits no more of it is going to be lost. */
  isOver(unackedMs: number): boolean {
    return this.#overflow !== undefined && unackedMs < OVERFLOW_OVER_MS;
  }

  /** Tells what was collected; returns whether there was any. */
  tellOverflow(): boolean {
    const overflow = this.#overflow;
    this.#overflow = undefined;
    this.tell(overflow, 'buffer_full');
    return overflow !== undefined;
  }
}
