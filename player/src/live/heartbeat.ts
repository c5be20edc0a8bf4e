import type { HeartbeatReport, Milliseconds } from '@awaz/infra/contract';

/** How often a player tells of itself, in ms. */
const EVERY_MS: Milliseconds = 10_000;

/** How often it is looked whether there is news that does not wait for the next beat, in ms. */
const LOOK_EVERY_MS: Milliseconds = 1000;

/** What a player knows of itself; a `PlayerSnapshot` of the playback will do. */
export type HeartbeatFigures = {
  /** Age of what is heard, in ms; null while unknown. */
  latencyMs?: number | null;
  bufferMs?: number | null;
  /** Stalls since it began. */
  stalls?: number;
  engine?: string;
  /** Bit rate of the rendition, in kbit/s. */
  kbps?: number | null;
};

/**
 * Sends the figures of a player again and again while it runs, and at once when it is known for the first time how late it
 * is heard: owners wait for that. `stop` may be called again.
 */
export class Heartbeat {
  readonly #figures: () => HeartbeatFigures;
  readonly #send: (report: Omit<HeartbeatReport, 'station' | 'session'>) => void;
  #timer: ReturnType<typeof setInterval> | undefined;
  #stallsTold = 0;
  #looksLeft = 0;
  #isLatencyTold = false;

  constructor(options: {
    figures: () => HeartbeatFigures;
    send: (report: Omit<HeartbeatReport, 'station' | 'session'>) => void;
  }) {
    this.#figures = options.figures;
    this.#send = options.send;
  }

  /** Sends now and every 10 s from now on. */
  start(): void {
    this.stop();
    this.#isLatencyTold = false;
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#beat();
  }

  /** Sends nothing until it is started again. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    this.#looksLeft -= 1;
    if (this.#looksLeft <= 0 || (!this.#isLatencyTold && isFigure(this.#figures().latencyMs))) this.#beat();
  }

  #beat(): void {
    const { latencyMs, bufferMs, stalls, engine, kbps } = this.#figures();
    this.#looksLeft = EVERY_MS / LOOK_EVERY_MS;
    this.#isLatencyTold ||= isFigure(latencyMs);
    const rendition = isFigure(kbps) ? { rendition: `${Math.round(kbps)}k` } : {};
    this.#send({
      ...(isFigure(latencyMs) ? { latencyMs: Math.round(latencyMs) } : {}),
      ...(isFigure(bufferMs) ? { bufferMs: Math.round(bufferMs) } : {}),
      ...(isFigure(stalls) ? { stalls: this.#newStalls(stalls) } : {}),
      ...(engine === undefined ? {} : { engine }),
      ...rendition,
    });
  }

  #newStalls(total: number): number {
    const fresh = Math.max(0, total - this.#stallsTold);
    this.#stallsTold = total;
    return fresh;
  }
}

/** A clock that is off gives ages below nought or of hours: those are left out. */
function isFigure(value: number | null | undefined): value is number {
  return typeof value === 'number' && value >= 0 && value <= 3_600_000;
}
