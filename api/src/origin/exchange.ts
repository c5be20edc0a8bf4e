import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestClass } from './origin-metrics.ts';

/** One request below `/live/` that is still to be answered. */
export type Exchange = {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly requestClass: RequestClass;
  /** When it came, on `performance.now()`'s clock. */
  readonly startedAt: number;
  /** Whether it has been held. */
  readonly wasHeld: boolean;
};
