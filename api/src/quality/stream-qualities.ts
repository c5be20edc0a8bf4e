import { randomBytes } from 'node:crypto';
import type { HeartbeatReport, StreamQuality } from '@awaz/infra/contract';
import { QualityBoard } from '@awaz/infra/quality';
import type { RedisHandle } from '@awaz/infra/redis';
import { Counter, Gauge, type Logger, type Registry, type Service } from '@awaz/infra/runtime';
import { ListenerReports } from './listener-reports.ts';
import { streamQualityOf, UNMEASURED } from './stream-quality.ts';

/** How often figures are told and read, in ms. */
const BEAT_MS = 1000;

/** Least time between two log lines about faults, in ms. */
const FAULT_LOG_MS = 10_000;

/** What the figures need; the caller closes the handle after them. */
export type StreamQualitiesOptions = { handle: RedisHandle; logger: Logger; metrics: Registry };

/** Told of the figures of a station. */
export type QualityListener = (quality: StreamQuality) => void;

/**
 * How streams do, from the owner's uplink to the listeners' pages: puts together what ingest and encoder tell each
 * second, and what pages say in their heartbeats, over all processes. `close` may be called again.
 */
export class StreamQualities implements Service {
  readonly #board: QualityBoard;
  readonly #logger: Logger;
  readonly #reports = new ListenerReports();
  readonly #source = `listeners:${randomBytes(6).toString('hex')}` as const;
  readonly #watchers = new Map<string, Set<QualityListener>>();
  readonly #quiet = new Set<string>();
  readonly #uncounted: Counter;
  readonly #timer: NodeJS.Timeout;
  #beating = false;
  #faultLoggedAt = Number.NEGATIVE_INFINITY;

  constructor({ handle, logger, metrics }: StreamQualitiesOptions) {
    this.#board = new QualityBoard(handle);
    this.#logger = logger;
    const reports = this.#reports;
    new Gauge({
      ...{ name: 'awaz_quality_reporting_pages', registers: [metrics] },
      help: 'Pages that have told this process lately how they play',
      collect() {
        this.set(reports.size);
      },
    });
    this.#uncounted = new Counter({
      ...{ name: 'awaz_quality_uncounted_heartbeats_total', registers: [metrics] },
      help: 'Heartbeats whose figures are not in the quality: without a session, or more pages than are kept',
    });
    this.#timer = setInterval(() => void this.#beat(), BEAT_MS).unref();
  }

  /** How a station's stream does now; null wherever nothing is measured. Rejects when Redis does not answer. */
  async qualityOf(station: string): Promise<StreamQuality> {
    return streamQualityOf(await this.#board.read(station));
  }

  /**
   * Tells how a station's stream does each second, while anything of it is measured, and once when nothing is any more.
   * Returns the function that ends it.
   */
  watch(station: string, listener: QualityListener): () => void {
    const watchers = this.#watchers.get(station) ?? new Set();
    this.#watchers.set(station, watchers.add(listener));
    this.#quiet.delete(station);
    return () => {
      watchers.delete(listener);
      if (watchers.size > 0 || this.#watchers.get(station) !== watchers) return;
      this.#watchers.delete(station);
      this.#quiet.delete(station);
    };
  }

  /** Takes the heartbeat of a page. */
  heard(report: HeartbeatReport): void {
    if (!this.#reports.heard(report, performance.now())) this.#uncounted.inc();
  }

  /** Ends telling and reading; what was told is forgotten within seconds. */
  close(): void {
    clearInterval(this.#timer);
    this.#watchers.clear();
  }

  /** A beat that takes long makes the next ones wait. */
  async #beat(): Promise<void> {
    if (this.#beating) return;
    this.#beating = true;
    const told = this.#reports.stations.map((station) => this.#tell(station));
    const read = [...this.#watchers.keys()].map((station) => this.#read(station));
    const results = await Promise.allSettled([...told, ...read]);
    for (const result of results) if (result.status === 'rejected') this.#fault(result.reason);
    this.#beating = false;
  }

  async #tell(station: string): Promise<void> {
    const figures = this.#reports.figures(station, performance.now());
    if (figures !== undefined) await this.#board.tell(station, this.#source, figures);
  }

  async #read(station: string): Promise<void> {
    const quality = await this.qualityOf(station);
    const isQuiet = JSON.stringify(quality) === JSON.stringify(UNMEASURED);
    if (isQuiet && this.#quiet.has(station)) return;
    if (isQuiet) this.#quiet.add(station);
    else this.#quiet.delete(station);
    for (const listener of this.#watchers.get(station) ?? []) listener(quality);
  }

  #fault(error: unknown): void {
    const now = performance.now();
    if (now - this.#faultLoggedAt < FAULT_LOG_MS) return;
    this.#faultLoggedAt = now;
    this.#logger.warn({ err: error }, 'the quality of streams could not be told or read');
  }
}
