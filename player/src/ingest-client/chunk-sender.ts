import { encodeChunkMessage, type IngestMetadata, type Milliseconds } from '@awaz/infra/contract';
import type { EpochBuffer } from './epoch-buffer.ts';
import type { LinkWatch } from './link-watch.ts';
import type { EffectQueue } from './machine-effects.ts';

/** Most bytes sent and not acknowledged; the rest waits here, where it is counted and can go another way. */
const IN_FLIGHT_BYTES = 512 * 1024;

/** Sends what may be sent of an epoch: the newest title, then chunks while there is room on the way. */
export class ChunkSender {
  readonly #watch: LinkWatch;
  readonly #effects: EffectQueue;
  #title: IngestMetadata | undefined;

  constructor(watch: LinkWatch, effects: EffectQueue) {
    this.#watch = watch;
    this.#effects = effects;
  }

  /** Sets what goes ahead of the next chunk; one that was not sent is forgotten. */
  setTitle(title: Omit<IngestMetadata, 'type'>): void {
    this.#title = { type: 'metadata', ...title };
  }

  /** Sends from this epoch, on a connection that is ready. */
  send(epoch: EpochBuffer, now: Milliseconds): void {
    if (this.#title !== undefined) this.#effects.add({ do: 'send', data: JSON.stringify(this.#title) });
    this.#title = undefined;
    for (let next = epoch.nextUnsent; next !== undefined; next = epoch.nextUnsent) {
      if (epoch.inFlight && epoch.inFlightBytes + next.payload.byteLength > IN_FLIGHT_BYTES) return;
      const chunk = epoch.takeUnsent();
      if (chunk === undefined) return;
      this.#effects.add({ do: 'send', data: encodeChunkMessage(chunk) });
      this.#watch.sent(chunk.seq, now);
    }
  }
}
