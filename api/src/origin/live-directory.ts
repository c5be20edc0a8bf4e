import type { BroadcastRegistry, LiveRecord } from '@awaz/infra/broadcasts';
import type { ControlBus } from '@awaz/infra/redis';

/** How long a record is believed without a word from the bus, in ms: what a lost message costs. */
export const DIRECTORY_FRESH_MS = 2000;

/** Most stations that are remembered; the one asked for first is forgotten beyond it. */
export const MAX_DIRECTORY_ENTRIES = 10_000;

/** What is on air at a station: the current broadcast, or the last one while its media stays. */
export type AirRecord = LiveRecord | undefined;

/** Station to broadcast, so that not every request asks Redis. */
export class LiveDirectory {
  readonly #registry: Pick<BroadcastRegistry, 'get'>;
  readonly #entries = new Map<string, { record: AirRecord; readAt: number }>();
  readonly #reads = new Map<string, Promise<AirRecord>>();
  readonly #unlisten: () => void;

  constructor(registry: Pick<BroadcastRegistry, 'get'>, bus: Pick<ControlBus, 'listen'>) {
    this.#registry = registry;
    this.#unlisten = bus.listen((message) => this.#forget(message.station));
  }

  /**
   * The record of a station, at most {@link DIRECTORY_FRESH_MS} old; an older one while Redis does not answer. Rejects
   * when there is none of that either.
   */
  async get(station: string): Promise<AirRecord> {
    const entry = this.#entries.get(station);
    if (entry !== undefined && performance.now() - entry.readAt < DIRECTORY_FRESH_MS) return entry.record;
    const running = this.#reads.get(station);
    if (running !== undefined) return running;
    const read = this.#registry.get(station);
    this.#reads.set(station, read);
    try {
      const record = await read;
      // A message that came meanwhile has taken the read away: what it found may be old already.
      if (this.#reads.get(station) === read) this.#remember(station, record);
      return record;
    } catch (error) {
      const known = this.#entries.get(station);
      if (known === undefined) throw error;
      return known.record;
    } finally {
      if (this.#reads.get(station) === read) this.#reads.delete(station);
    }
  }

  /** Stops listening to the bus. */
  close(): void {
    this.#unlisten();
  }

  #remember(station: string, record: AirRecord): void {
    this.#entries.delete(station);
    this.#entries.set(station, { record, readAt: performance.now() });
    const oldest = this.#entries.size > MAX_DIRECTORY_ENTRIES ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  #forget(station: string): void {
    this.#entries.delete(station);
    this.#reads.delete(station);
  }
}
