import type { BroadcastRegistry, LiveRecord } from '@awaz/infra/broadcasts';
import type { ControlBus } from '@awaz/infra/redis';

/** How long a record is believed without a word from the bus, in ms: what a lost message costs. */
export const DIRECTORY_FRESH_MS = 2000;

/** Most stations that are remembered; the one asked for first is forgotten beyond it. */
export const MAX_DIRECTORY_ENTRIES = 10_000;

/** What is on air at a station. */
export type Air = {
  /** The current broadcast, or the last one while its media stays. */
  record: LiveRecord | undefined;
  /** Whether there is such a station; only asked while nothing is on air. */
  isKnown: boolean;
};

/** Where the directory reads. */
export type AirSources = {
  registry: Pick<BroadcastRegistry, 'get'>;
  /** Left out, every station counts as known. */
  stationExists?: ((station: string) => Promise<boolean>) | undefined;
};

/** Station to broadcast, so that not every request asks Redis. */
export class LiveDirectory {
  readonly #sources: AirSources;
  readonly #entries = new Map<string, { air: Air; readAt: number }>();
  readonly #reads = new Map<string, Promise<Air>>();
  readonly #unlisten: () => void;

  constructor(sources: AirSources, bus: Pick<ControlBus, 'listen'>) {
    this.#sources = sources;
    this.#unlisten = bus.listen((message) => {
      if ('station' in message) this.#forget(message.station);
    });
  }

  /**
   * What is on air at a station, at most {@link DIRECTORY_FRESH_MS} old; an older word while Redis does not answer.
   * Rejects when there is none of that either.
   */
  async get(station: string): Promise<Air> {
    const entry = this.#entries.get(station);
    if (entry !== undefined && performance.now() - entry.readAt < DIRECTORY_FRESH_MS) return entry.air;
    const running = this.#reads.get(station);
    if (running !== undefined) return running;
    const read = this.#read(station);
    this.#reads.set(station, read);
    try {
      const air = await read;
      // A message that came meanwhile has taken the read away: what it found may be old already.
      if (this.#reads.get(station) === read) this.#remember(station, air);
      return air;
    } catch (error) {
      const known = this.#entries.get(station);
      if (known === undefined) throw error;
      return known.air;
    } finally {
      if (this.#reads.get(station) === read) this.#reads.delete(station);
    }
  }

  /** Stops listening to the bus. */
  close(): void {
    this.#unlisten();
  }

  async #read(station: string): Promise<Air> {
    const { registry, stationExists } = this.#sources;
    const record = await registry.get(station);
    const isKnown = record !== undefined || stationExists === undefined || (await stationExists(station));
    return { record, isKnown };
  }

  #remember(station: string, air: Air): void {
    this.#entries.delete(station);
    this.#entries.set(station, { air, readAt: performance.now() });
    const oldest = this.#entries.size > MAX_DIRECTORY_ENTRIES ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  #forget(station: string): void {
    this.#entries.delete(station);
    this.#reads.delete(station);
  }
}
