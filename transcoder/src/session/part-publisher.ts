import { FencedError, type PartLogWriter, type PublishedPart } from '@awaz/infra/part-log';
import { pause } from '@awaz/infra/runtime';
import type { FinishedPart } from '../packager/packager.ts';
import type { TitlePlacer } from './title-placer.ts';

/** Most parts that wait for Redis (over two minutes of 192 ms parts); beyond it the broadcast fails. */
export const MAX_WAITING_PARTS = 700;

/** Pause before a failed write is tried again, in ms. */
const RETRY_MS = 100;

/** How often the release time of a part is looked at anew, in ms. */
const LOOK_MS = 50;

/** How often a part is held back for titles that were set a moment ago; the next part takes what comes then. */
const MAX_TITLE_READS = 5;

/** What a publisher tells. */
export type PublisherEvents = {
  /** A part is in the part log. */
  onPublished: (part: PublishedPart) => void;
  /** Nothing more can be published: fenced off, or too much is waiting. */
  onFailed: (error: Error) => void;
  /** Writing failed and is tried again. */
  onRetry: (error: Error) => void;
};

/** Writes parts to the part log in order, each not before its release time, however long Redis is away. */
export class PartPublisher {
  readonly #writer: PartLogWriter;
  readonly #titles: TitlePlacer;
  readonly #events: PublisherEvents;
  readonly #abort = new AbortController();
  readonly #waiting: FinishedPart[] = [];
  #running: Promise<void> = Promise.resolve();
  #active = false;
  #hurry = false;
  #last: PublishedPart | undefined;

  constructor(log: { writer: PartLogWriter; titles: TitlePlacer }, events: PublisherEvents) {
    this.#writer = log.writer;
    this.#titles = log.titles;
    this.#events = events;
  }

  /** The last part that is in the log. */
  get last(): PublishedPart | undefined {
    return this.#last;
  }

  /** Takes finished parts. */
  push(parts: FinishedPart[]): void {
    this.#waiting.push(...parts);
    if (this.#waiting.length > MAX_WAITING_PARTS) {
      this.close();
      this.#events.onFailed(new Error(`Redis took no part for too long: ${this.#waiting.length} parts were waiting.`));
      return;
    }
    if (this.#active || this.#abort.signal.aborted) return;
    this.#active = true;
    this.#running = this.#run();
  }

  /** Publishes what waits without regard to release times, and settles when it is in the log. */
  async drain(): Promise<void> {
    this.#hurry = true;
    await this.#running;
  }

  /** Publishes nothing more. */
  close(): void {
    this.#abort.abort();
  }

  async #run(): Promise<void> {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      await this.#untilRelease(next.releaseAt);
      if (this.#abort.signal.aborted) break;
      const part = await this.#append({ ...next, part: { ...next.part, publishedAt: Date.now() } });
      if (part === undefined) break;
      this.#last = part;
      this.#events.onPublished(part);
    }
    this.#active = false;
  }

  async #untilRelease(releaseAt: () => number): Promise<void> {
    while (!this.#hurry && !this.#abort.signal.aborted) {
      const waitMs = releaseAt() - Date.now();
      if (waitMs <= 0) return;
      await pause(Math.min(waitMs, LOOK_MS), this.#abort.signal);
    }
  }

  /** Settles with the part as it was stored; undefined when nothing may be published any more. */
  async #append(finished: FinishedPart): Promise<PublishedPart | undefined> {
    for (let attempt = 0; !this.#abort.signal.aborted; attempt++) {
      try {
        if (attempt > 0) this.#titles.restart(await this.#writer.lastProgramme());
        return await this.#appendTitled(finished);
      } catch (error) {
        // The answer to an earlier attempt was lost, not the part.
        if (attempt > 0 && (error as Error).message.includes('equal or smaller')) return finished.part;
        if (error instanceof FencedError) {
          this.close();
          this.#events.onFailed(error);
          return undefined;
        }
        this.#events.onRetry(error as Error);
        await pause(RETRY_MS, this.#abort.signal);
      }
    }
    return undefined;
  }

  async #appendTitled({ part, lateMs }: FinishedPart): Promise<PublishedPart> {
    for (let reads = 0; ; reads++) {
      const titled = this.#titles.title(part, lateMs);
      const newestRead = reads < MAX_TITLE_READS ? titled.titles.newestRead : '';
      const unread = await this.#writer.append(titled.part, { ...titled.titles, newestRead });
      if (unread === undefined) {
        this.#titles.stored(titled);
        return titled.part;
      }
      this.#titles.read(unread);
    }
  }
}
