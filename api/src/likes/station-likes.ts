import type { LikeTotal, UnwrittenLikes } from './like-ledger.ts';
import { LIKE_SPAN_MS } from './like-ledger.ts';

/** Told how often the broadcast was liked. */
export type LikeListener = (likes: { count: number; at: number }) => void;

/** Least time between two tellings, in ms. */
export const TELL_EVERY_MS = 1000;

/** How long what Redis said of a station is good enough to answer with, in ms. */
const KNOWN_FOR_MS = 2000;

/** The likes of one station as one process sees them. Holds no resource. */
export class StationLikes {
  readonly watchers = new Set<LikeListener>();
  #unwritten: UnwrittenLikes = { count: 0, spans: new Map() };
  #underWay = 0;
  #total: LikeTotal | undefined;
  #heardAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #hasNews = false;

  /** Counts one like; `mediaTime` in ms since 1970. */
  add(mediaTime: number | undefined): void {
    this.#unwritten.count++;
    if (mediaTime === undefined) return;
    const span = Math.floor(mediaTime / LIKE_SPAN_MS);
    this.#unwritten.spans.set(span, (this.#unwritten.spans.get(span) ?? 0) + 1);
  }

  /** What Redis said last, unless that is too long ago; `now` on `performance.now()`'s clock. */
  known(now: number): LikeTotal | undefined {
    return now - this.#heardAt <= KNOWN_FOR_MS ? this.#total : undefined;
  }

  /** All likes that this process knows of, those not yet written too. */
  get count(): number {
    return (this.#total?.count ?? 0) + this.#unwritten.count + this.#underWay;
  }

  /** Whether nothing is lost when this is forgotten. */
  isIdle(now: number): boolean {
    const isQuiet = this.#unwritten.count === 0 && this.#underWay === 0 && this.watchers.size === 0;
    return isQuiet && now - this.#heardAt > KNOWN_FOR_MS;
  }

  /** Takes what waits to be written; undefined when nothing does. */
  take(): UnwrittenLikes | undefined {
    if (this.#unwritten.count === 0) return undefined;
    const taken = this.#unwritten;
    this.#unwritten = { count: 0, spans: new Map() };
    this.#underWay = taken.count;
    return taken;
  }

  /** What was taken is written. */
  written(): void {
    this.#underWay = 0;
  }

  /** What was taken could not be written; it is tried again. */
  putBack(taken: UnwrittenLikes): void {
    this.#underWay = 0;
    this.#unwritten.count += taken.count;
    for (const [span, count] of taken.spans) {
      this.#unwritten.spans.set(span, (this.#unwritten.spans.get(span) ?? 0) + count);
    }
  }

  /** Learns a total; one that is older than what is known is no news. */
  hear(total: LikeTotal, now: number): void {
    this.#heardAt = now;
    const before = this.#total;
    const isSame = before?.broadcastId === total.broadcastId;
    if (before !== undefined && isSame && total.count < before.count) return;
    this.#hasNews ||= before === undefined ? total.count > 0 : !isSame || total.count > before.count;
    this.#total = total;
  }

  /** Tells those who watch what is new, if it is time. Throws what one of them throws. */
  tell(now: number): void {
    if (!this.#hasNews || this.#total === undefined || now - this.#toldAt < TELL_EVERY_MS) return;
    this.#hasNews = false;
    this.#toldAt = now;
    const { count, at } = this.#total;
    for (const listener of this.watchers) listener({ count, at });
  }
}
