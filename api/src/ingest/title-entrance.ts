import { AwazError, MAX_TITLE_AHEAD_MS, type Milliseconds } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import type { ProgrammeChange, TitleRequests } from '@awaz/infra/titles';
import type { IngestLink } from './ingest-link.ts';

/** What an entrance for titles needs. */
export type TitleEntranceOptions = {
  titles: Pick<TitleRequests, 'add'>;
  station: string;
  link: Pick<IngestLink, 'send'>;
  logger: Logger;
};

/** Takes titles that come with the audio of one connection. */
export class TitleEntrance {
  readonly #options: TitleEntranceOptions;

  constructor(options: TitleEntranceOptions) {
    this.#options = options;
  }

  /**
   * Sets a title for audio by its capture time, on the server's clock. Never rejects: a title that cannot be set ends
   * nothing, the owner is told.
   */
  async set(change: ProgrammeChange, capturedAt: Milliseconds): Promise<void> {
    const { titles, station, link, logger } = this.#options;
    const latest = Date.now() + MAX_TITLE_AHEAD_MS;
    try {
      await titles.add(station, { capturedAt: Math.min(capturedAt, latest), change });
    } catch (error) {
      const reason = error instanceof AwazError ? error.message : 'The server cannot store it at the moment.';
      logger.warn({ err: error }, 'a title could not be set');
      link.send({ type: 'notice', code: 'title_refused', message: `A title was not set. ${reason}` });
    }
  }
}
