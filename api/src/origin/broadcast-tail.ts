import { type PartLogEvent, PartLogReader } from '@awaz/infra/part-log';
import type { RedisHandle } from '@awaz/infra/redis';
import { type Logger, pause } from '@awaz/infra/runtime';
import { type AppendOutcome, BroadcastWindow } from './broadcast-window.ts';
import { PlaylistCache, type RenderObserver } from './playlist-cache.ts';
import { type HeldCount, WaiterList, type WaitOutcome } from './waiter-list.ts';

/** Longest wait for the connection's end when a tail is closed, in ms; the Redis handle drops what is left. */
const CLOSE_WITHIN_MS = 3000;

/** Pause before a read that failed is made again, in ms. */
const RETRY_MS = 250;

/** Pause between two looks for the facts of a broadcast whose first part is there already, in ms. */
const META_RETRY_MS = 20;

/** How often they are looked for before the log counts as broken. */
const META_TRIES = 100;

/** A broadcast: the station's slug and the broadcast's id. */
export type BroadcastPlace = { station: string; broadcastId: string };

/** Told of every change of a tail's window, and that there will be none any more. */
export type TailWatcher = { changed(): void; closed(): void };

/** What a tail needs from its process. */
export type TailContext = {
  handle: RedisHandle;
  logger: Logger;
  held: HeldCount;
  onRender: RenderObserver;
};

/**
 * Follows the part log of one broadcast: keeps its window, its playlists and the requests that wait for more. Loads all
 * that is in the log first, then goes on until `close`, or until the broadcast has ended.
 */
export class BroadcastTail {
  readonly place: BroadcastPlace;
  /** Requests that wait for this broadcast. */
  readonly waiters: WaiterList;
  /** Settles once the log was read for the first time; rejects when Redis did not answer. */
  readonly loaded: Promise<void>;
  /** When somebody last asked for it, on `performance.now()`'s clock. */
  lastRequestAt = performance.now();
  readonly #context: TailContext;
  readonly #logger: Logger;
  readonly #reader: PartLogReader;
  readonly #abort = new AbortController();
  readonly #finished: Promise<void>;
  readonly #watchers = new Set<TailWatcher>();
  readonly #knownEnd: number | undefined;
  #window: BroadcastWindow | undefined;
  #playlists: PlaylistCache | undefined;
  #isLoaded = false;
  #lastId = '0';
  #lastEventAt = performance.now();
  #endedAt: number | undefined;

  /** `endedAt`: when the broadcast ended, if that is known already. */
  constructor(place: BroadcastPlace, context: TailContext, endedAt?: number) {
    this.place = place;
    this.#context = context;
    this.#knownEnd = endedAt;
    this.#logger = context.logger.child(place);
    this.#reader = new PartLogReader(context.handle, place);
    this.waiters = new WaiterList(context.held);
    this.loaded = this.#load();
    this.#finished = this.loaded.then(
      () => this.#follow(),
      () => undefined,
    );
  }

  /** The window; undefined until the first part is there. */
  get window(): BroadcastWindow | undefined {
    return this.#window;
  }

  /** Playlists of the window; present when the window is. */
  get playlists(): PlaylistCache | undefined {
    return this.#playlists;
  }

  /** Whether `loaded` has been fulfilled. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** When the end of the broadcast was read, ms since 1970; undefined while it goes on. */
  get endedAt(): number | undefined {
    return this.#endedAt;
  }

  /** When something last came from the log, on `performance.now()`'s clock. */
  get lastEventAt(): number {
    return this.#lastEventAt;
  }

  /** Whether somebody waits for it or watches it. */
  get inUse(): boolean {
    return this.waiters.size > 0 || this.#watchers.size > 0;
  }

  /** Calls a watcher from now on; the answer takes it out again. */
  watch(watcher: TailWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Stops following and settles what waits; settles when the connection is gone, after 3 s at the latest: a Redis that
   * went away must not keep a server from going down. May be called again.
   */
  async close(outcome: WaitOutcome): Promise<void> {
    this.#abort.abort();
    this.waiters.settleAll(outcome);
    for (const watcher of this.#watchers) watcher.closed();
    const over = new AbortController();
    const finished = this.#finished.finally(() => over.abort());
    await Promise.race([finished, pause(CLOSE_WITHIN_MS, over.signal)]);
    if (!over.signal.aborted) this.#logger.warn('the connection that follows the part log did not end in time');
  }

  async #load(): Promise<void> {
    const events = await this.#reader.readAll();
    await this.#take(events);
    this.#isLoaded = true;
  }

  async #follow(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted && this.#endedAt === undefined) {
      try {
        for await (const events of this.#reader.tail(this.#lastId, signal)) {
          await this.#take(events);
          if (this.#endedAt !== undefined) break;
        }
      } catch (error) {
        this.#logger.warn({ err: error }, 'the part log could not be read; trying again');
        await pause(RETRY_MS, signal);
      }
    }
  }

  async #take(events: readonly PartLogEvent[]): Promise<void> {
    const newest = events.at(-1);
    if (newest === undefined) return;
    const window = this.#window ?? (await this.#openWindow());
    for (const event of events) this.#apply(window, event);
    this.#lastId = newest.id;
    this.#lastEventAt = performance.now();
    this.waiters.release(window.edge);
    for (const watcher of this.#watchers) watcher.changed();
  }

  #apply(window: BroadcastWindow, event: PartLogEvent): void {
    if (event.kind === 'end') {
      window.end();
      this.#endedAt = this.#knownEnd ?? Date.now();
      this.#logger.info({ reason: event.reason, lastMsn: window.edge.lastMsn }, 'the broadcast has ended');
      return;
    }
    const outcome: AppendOutcome = window.append(event.part);
    if (outcome === 'restarted') {
      const { msn, index } = event.part;
      this.#logger.warn({ msn, index }, 'parts are missing from the log; the window begins anew');
    }
  }

  /** The facts are written before the first part, but a log may outlive them. */
  async #openWindow(): Promise<BroadcastWindow> {
    const { signal } = this.#abort;
    for (let tries = 0; tries < META_TRIES && !signal.aborted; tries++) {
      const head = await this.#reader.readMeta();
      if (head !== undefined) {
        this.#window = new BroadcastWindow(head);
        this.#playlists = new PlaylistCache(this.#window, this.#context.onRender);
        return this.#window;
      }
      await pause(META_RETRY_MS, signal);
    }
    throw new Error('The part log has parts, but the facts of its broadcast are missing.');
  }
}
