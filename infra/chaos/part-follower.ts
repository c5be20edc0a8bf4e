import type { Milliseconds } from '../contract/index.ts';
import { fetchBytes } from '../e2e/hls-reader.ts';
import { type ListedPlaylist, type ListedVariant, readMediaPlaylist, readMultivariant } from '../e2e/media-playlist.ts';
import { pause } from '../runtime/index.ts';
import { fragmentsOf } from './fragments.ts';
import { PartLateness } from './part-lateness.ts';

/** A part as it came. */
export type FollowedPart = {
  msn: number;
  index: number;
  /** Where its audio begins and how long it is, counted from the first part that was followed. */
  mediaMs: Milliseconds;
  durationMs: Milliseconds;
  /** When its bytes were here, ms since 1970. */
  arrivedAt: Milliseconds;
  /** How much later it came than the cadence of the parts before asks for. */
  lateMs: Milliseconds;
};

/** What a {@link PartFollower} works with. */
export type FollowerOptions = {
  /** Addresses of all nodes, `http://…`; the next one is asked when one fails. */
  nodes: readonly string[];
  station: string;
  /** Called with the init section and then with every part, in order and once. */
  take: (bytes: Uint8Array) => void;
  signal: AbortSignal;
};

/** A request that takes longer than this is given up and made at the next node, in ms; blocked ones are held up to 6 s. */
const REQUEST_MS = 7000;

/** Pause before the next node is asked, in ms. */
const RETRY_MS = 100;

/** Which segment and part come next. */
type Place = { msn: number; index: number };

/**
 * A listener that wants everything: fetches each part of one rendition once and in order by blocking requests, from
 * whichever node answers, and never skips. What the playlists do not list as parts any more it takes from the segments.
 */
export class PartFollower {
  readonly parts: FollowedPart[] = [];
  /** Parts that could not be had any more, as `msn.index`. */
  readonly missed: string[] = [];
  /** Requests that failed and were made again. */
  retries = 0;

  readonly #options: FollowerOptions;
  readonly #lateness = new PartLateness();
  #node = 0;
  #next: Place | undefined;
  #mediaMs: Milliseconds = 0;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Index of the node that is asked first. */
  get node(): number {
    return this.#node;
  }

  /** Asks this node from now on, as long as it answers. */
  preferNode(node: number): void {
    this.#node = node;
  }

  /** Follows the broadcast to its end, or until the signal is aborted. Never rejects because of nodes that are away. */
  async run(): Promise<void> {
    const { signal } = this.#options;
    const path = await this.#variantPath();
    let playlist = await this.#playlist(path);
    if (playlist !== undefined) this.#options.take(await this.#bytes(pathOf(playlist.initUrl)));
    while (!signal.aborted && playlist !== undefined) {
      await this.#takeNew(playlist);
      if (playlist.ended && this.#isThrough(playlist)) return;
      playlist = await this.#playlist(path);
    }
  }

  /** Path of the first variant's playlist; its session is known to all nodes. */
  async #variantPath(): Promise<string> {
    const { station } = this.#options;
    return this.#try(async (node, signal) => {
      const url = `${node}/live/${station}/index.m3u8`;
      const [variant] = readMultivariant((await fetchBytes(url, signal)).toString(), url) as [ListedVariant?];
      if (variant === undefined) throw new Error(`${url} lists no variant.`);
      return pathOf(variant.url);
    });
  }

  #playlist(path: string): Promise<ListedPlaylist | undefined> {
    const next = this.#next;
    const query = next === undefined ? '' : `?_HLS_msn=${next.msn}&_HLS_part=${next.index}`;
    return this.#try(async (node, signal) => {
      const url = `${node}${path}`;
      return readMediaPlaylist((await fetchBytes(`${url}${query}`, signal)).toString(), url);
    }).catch(() => undefined);
  }

  #bytes(path: string): Promise<Buffer> {
    return this.#try((node, signal) => fetchBytes(`${node}${path}`, signal));
  }

  /** Repeats a request, each time at another node, until it succeeds. Rejects only when the follower is stopped. */
  async #try<Result>(request: (node: string, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const { nodes, signal } = this.#options;
    for (;;) {
      const node = nodes[this.#node % nodes.length] ?? '';
      try {
        return await request(node, AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]));
      } catch {
        signal.throwIfAborted();
        this.#node = (this.#node + 1) % nodes.length;
        this.retries++;
        await pause(RETRY_MS, signal);
      }
    }
  }

  async #takeNew(playlist: ListedPlaylist): Promise<void> {
    for (const segment of [...playlist.segments, playlist.growing]) {
      const next = this.#next ?? { msn: playlist.growing.msn, index: 0 };
      this.#next = next;
      if (segment.msn < next.msn) continue;
      if (segment.msn > next.msn) this.#miss(segment.msn);
      const isWhole = segment !== playlist.growing;
      if (isWhole && segment.parts.length === 0) await this.#takeSegment(segment.url, segment.durationS);
      else for (const part of segment.parts.slice(this.#next.index)) await this.#takePart(part.url, part.durationS);
      if (isWhole) this.#next = { msn: segment.msn + 1, index: 0 };
    }
  }

  async #takePart(url: string, durationS: number): Promise<void> {
    this.#add(await this.#bytes(pathOf(url)), durationS * 1000);
  }

  /** A segment whose parts are not listed any more holds them one behind the other. */
  async #takeSegment(url: string, durationS: number): Promise<void> {
    const fragments = fragmentsOf(await this.#bytes(pathOf(url)));
    for (const fragment of fragments.slice(this.#next?.index ?? 0)) {
      this.#add(fragment, (durationS * 1000) / fragments.length);
    }
  }

  #add(bytes: Uint8Array, durationMs: Milliseconds): void {
    const next = this.#next ?? { msn: 0, index: 0 };
    const arrivedAt = Date.now();
    const lateMs = this.#lateness.add(this.#mediaMs + durationMs, arrivedAt);
    this.parts.push({ ...next, mediaMs: this.#mediaMs, durationMs, arrivedAt, lateMs });
    this.#mediaMs += durationMs;
    this.#next = { msn: next.msn, index: next.index + 1 };
    this.#options.take(bytes);
  }

  #miss(msn: number): void {
    const { msn: from = msn, index = 0 } = this.#next ?? {};
    this.missed.push(`${from}.${index}-${msn}.0`);
    this.#next = { msn, index: 0 };
  }

  #isThrough(playlist: ListedPlaylist): boolean {
    const { msn, parts } = playlist.growing;
    return (this.#next?.msn ?? 0) >= msn && parts.length === 0;
  }
}

function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return `${pathname}${search}`;
}
