import type { LoopFigures } from '@awaz/infra/runtime';

/** From this mean delay of the event loop on, in ms, parts are late whatever its utilisation says: half a part. */
const MAX_LAG_MS = 100;

/** What both figures have to fall below again, as parts of their limits, before newcomers are taken. */
const RELIEF = 0.8;

/** A limit that is never reached: 100 % turns the guard off. */
const NO_LIMIT = 1;

/**
 * Whether a process is too busy for newcomers. It becomes so at the limit and stays so until it is well below, so that
 * those who come at once when it is free do not swing it to and fro.
 */
export class Overload {
  readonly #maxUtilization: number;
  #isBusy = false;

  /** `maxUtilization`: part of the time (0 to 1) that the event loop may run code; 1 turns the guard off. */
  constructor(maxUtilization: number) {
    this.#maxUtilization = maxUtilization;
  }

  /** Whether newcomers have to be sent elsewhere. */
  get isBusy(): boolean {
    return this.#isBusy;
  }

  /** Takes new figures; true when they change the answer. */
  take({ utilization, lagMs }: LoopFigures): boolean {
    if (this.#maxUtilization >= NO_LIMIT) return false;
    const share = this.#isBusy ? RELIEF : 1;
    const was = this.#isBusy;
    this.#isBusy = utilization >= this.#maxUtilization * share || lagMs >= MAX_LAG_MS * share;
    return this.#isBusy !== was;
  }
}
