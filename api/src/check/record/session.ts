import type { DeliveryDirectives } from '@awaz/transcoder/hls';
import type { Clock } from '../clock.ts';
import type { Exchange, MediaFetch, Probe, Rendition, Snapshot } from '../observations.ts';
import { readSnapshot, withDirectives } from '../playlist-text.ts';
import { type Client, PATIENCE_MS } from './client.ts';

/** Header fields of a request for a playlist. */
export const PLAYLIST_HEADERS = { 'accept-encoding': 'gzip' } as const;

/** A playlist to load. */
export type PlaylistErrand = Pick<Snapshot, 'rendition' | 'errand' | 'directives'>;

/** Parsed playlists that are kept; following ends when they are too many. */
export const MAX_SNAPSHOTS = 5000;

/** Everything that the recorders of one check share. */
export class Session {
  readonly client: Client;
  readonly clock: Clock;
  /** Ends the check. */
  readonly signal: AbortSignal;
  renditions: readonly Rendition[] = [];
  readonly snapshots: Snapshot[] = [];
  readonly media: MediaFetch[] = [];
  readonly probes: Probe[] = [];
  readonly remarks = new Set<string>();
  /** When to stop following, ms since 1970. */
  deadline = 0;
  readonly #latest = new Map<number, Snapshot>();
  readonly #background = new Set<Promise<void>>();

  constructor(options: { client: Client; clock: Clock; signal: AbortSignal }) {
    this.client = options.client;
    this.clock = options.clock;
    this.signal = options.signal;
  }

  /** Loads a media playlist. The answer is a snapshot when its status is 200. */
  async loadPlaylist(errand: PlaylistErrand): Promise<Snapshot | Exchange> {
    const base = this.renditions[errand.rendition]?.url ?? '';
    const exchange = await this.client.send({
      url: withDirectives(base, errand.directives),
      headers: PLAYLIST_HEADERS,
      patienceMs: this.holdPatienceMs(errand),
    });
    if (exchange.status !== 200) return exchange;
    return this.keep(readSnapshot({ ...errand, exchange }));
  }

  /** Adds a playlist to what was seen. */
  keep(snapshot: Snapshot): Snapshot {
    this.snapshots.push(snapshot);
    if (snapshot.playlist !== undefined && snapshot.playlist.skip === undefined) {
      this.#latest.set(snapshot.rendition, snapshot);
    }
    return snapshot;
  }

  /** The last full playlist of a rendition. */
  latest(rendition: number): Snapshot | undefined {
    return this.#latest.get(rendition);
  }

  /** Longest that a request with these directives may take, in ms: the origin may hold it for three target durations. */
  holdPatienceMs({ rendition, directives }: { rendition: number; directives: DeliveryDirectives }): number {
    const targetDuration = this.latest(rendition)?.playlist?.targetDuration ?? 0;
    return PATIENCE_MS + (directives.msn === undefined ? 0 : 4000 * targetDuration);
  }

  /** Sleeps; returns false when the check is over by then. */
  async pause(ms: number): Promise<boolean> {
    await this.clock.sleep(ms, this.signal);
    return this.isOn;
  }

  /** Whether there is time left. */
  get isOn(): boolean {
    return !this.signal.aborted && this.clock.now() < this.deadline;
  }

  /** Runs something beside the rest; {@link settle} waits for it. It must not reject. */
  beside(work: Promise<void>): void {
    this.#background.add(work);
    void work.then(() => this.#background.delete(work));
  }

  /** Waits for all that runs beside. */
  async settle(): Promise<void> {
    while (this.#background.size > 0) await Promise.all(this.#background);
  }
}
