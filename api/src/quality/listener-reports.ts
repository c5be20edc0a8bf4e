import type { HeartbeatReport } from '@awaz/infra/contract';
import { type LatencyBuckets, LatencySketch } from './latency-sketch.ts';

/** How long a page's latency counts, in ms: three heartbeats of 10 s. */
export const LATENCY_COUNTS_MS = 30_000;

/** Over how long stalls are looked back on, in ms. */
export const STALLS_COUNT_MS = 60_000;

/** Most pages that one process keeps the figures of, over all stations; what a newcomer says is not counted beyond it. */
export const MAX_REPORTING_PAGES = 50_000;

/** What one process knows of the listeners of a station. */
export type ListenerFigures = {
  /** Pages that have said something lately. */
  pages: number;
  /** Those of them that have stalled within the last minute. */
  stalled: number;
  latencies: LatencyBuckets;
};

type Page = { latencyMs: number | undefined; heardAt: number; stalledAt: number };

/** What the pages that are connected to this process say of how they play, by station and session. */
export class ListenerReports {
  readonly #stations = new Map<string, Map<string, Page>>();
  readonly #most: number;
  #pages = 0;

  constructor(most = MAX_REPORTING_PAGES) {
    this.#most = most;
  }

  /** Pages whose figures are kept. */
  get size(): number {
    return this.#pages;
  }

  /** Stations that something is known of. */
  get stations(): string[] {
    return [...this.#stations.keys()];
  }

  /** Takes a heartbeat; false when it is not counted: it names no session, or there is no room. Times in ms. */
  heard({ station, session, latencyMs, stalls = 0 }: HeartbeatReport, now: number): boolean {
    if (session === undefined) return false;
    const before = this.#stations.get(station)?.get(session);
    if (before === undefined && this.#pages >= this.#most) return false;
    const stalledAt = stalls > 0 ? now : (before?.stalledAt ?? Number.NEGATIVE_INFINITY);
    const pages = this.#stations.get(station) ?? new Map<string, Page>();
    this.#stations.set(station, pages.set(session, { latencyMs, heardAt: now, stalledAt }));
    if (before === undefined) this.#pages++;
    return true;
  }

  /** What is known of a station; forgets what is too old. Undefined when nothing is left. */
  figures(station: string, now: number): ListenerFigures | undefined {
    const pages = this.#stations.get(station);
    if (pages === undefined) return undefined;
    const sketch = new LatencySketch();
    let stalled = 0;
    for (const [session, { latencyMs, heardAt, stalledAt }] of pages) {
      if (now - heardAt > LATENCY_COUNTS_MS) {
        pages.delete(session);
        this.#pages--;
        continue;
      }
      if (latencyMs !== undefined) sketch.add(latencyMs);
      if (now - stalledAt <= STALLS_COUNT_MS) stalled++;
    }
    if (pages.size > 0) return { pages: pages.size, stalled, latencies: sketch.toBuckets() };
    this.#stations.delete(station);
    return undefined;
  }
}
