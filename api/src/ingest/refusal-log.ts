import type { AwazError, ErrorCode } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';

/** Least time between two lines about the same code, in ms. */
const SPACING_MS = 1000;

/** Logs refused strangers, at most once a second for each code: anybody can be refused as often as they like. */
export class RefusalLog {
  readonly #last = new Map<ErrorCode, { at: number; unlogged: number }>();

  /** Logs a refusal, or counts it for the next line about its code. */
  refused(logger: Logger, { code, message, facts }: AwazError): void {
    const now = performance.now();
    const last = this.#last.get(code);
    if (last !== undefined && now - last.at < SPACING_MS) {
      last.unlogged++;
      return;
    }
    logger.warn({ code, reason: message, unlogged: last?.unlogged ?? 0, ...facts }, 'an ingest connection was refused');
    this.#last.set(code, { at: now, unlogged: 0 });
  }
}
