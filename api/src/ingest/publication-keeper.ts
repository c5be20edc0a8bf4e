import { AwazError, type IngestQuality } from '@awaz/infra/contract';
import type { Logger } from '@awaz/infra/runtime';
import type { PublisherAuth } from '../auth/index.ts';
import { BroadcastOver } from './broadcast-over.ts';
import type { Publication } from './publication.ts';

/** Period of the lease's renewal and of quality reports, in ms; well below the life of a lease. */
const TICK_MS = 1000;

/** The stream key is looked at again with each so many-th tick; a message on the bus is quicker. */
const RECHECK_TICKS = 5;

/** What is told of an uplink, without its type and whether it is on air. */
export type UplinkReport = Omit<IngestQuality, 'type' | 'onAir'>;

/** What a keeper is made of. */
export type PublicationKeeperOptions = {
  publication: Publication;
  auth: Pick<PublisherAuth, 'recheck'>;
  keyId: string;
  /** Called once a second. */
  report: () => Omit<IngestQuality, 'type'>;
  send: (message: IngestQuality) => void;
  /** Told the same, for others who look after the stream; must not throw. */
  tell: (figures: UplinkReport) => void;
  /** Called when the right to publish is gone for good. */
  onLoss: (reason: AwazError | BroadcastOver) => void;
  logger: Logger;
};

/** Looks after an open publication once a second: lease, stream key, quality report. `close` ends it. */
export class PublicationKeeper {
  readonly #options: PublicationKeeperOptions;
  readonly #timer: NodeJS.Timeout;
  #ticks = 0;
  #looking = false;

  constructor(options: PublicationKeeperOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Ends it; may be called again. */
  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#ticks++;
    const { send, tell, report, onLoss, logger } = this.#options;
    const { onAir, ...figures } = report();
    send({ type: 'quality', ...figures, onAir });
    tell(figures);
    if (this.#looking) return;
    this.#looking = true;
    this.#look()
      .catch((error: unknown) => {
        if (error instanceof AwazError || error instanceof BroadcastOver) onLoss(error);
        else logger.warn({ err: error }, 'the lease of a publication could not be renewed');
      })
      .finally(() => {
        this.#looking = false;
      });
  }

  async #look(): Promise<void> {
    const { publication, auth, keyId } = this.#options;
    await publication.renew();
    if (this.#ticks % RECHECK_TICKS === 0) await auth.recheck(publication.station, keyId);
  }
}
