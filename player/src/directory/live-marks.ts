import type { ListedStation } from './station-list.ts';

/** The list may be older than an event by so long, in ms: it is kept for a second on the server, and is on its way. */
const LIST_AGE_MS = 3000;

/** That a station went on air or off, told by an event. */
export type LiveMark = { startedAt: number | null; markedAt: number };

/** What events told, by slug, to be put over lists that may be older. */
export class LiveMarks {
  readonly #marks = new Map<string, LiveMark>();

  /** A station went on air (since `startedAt`, ms since 1970) or off (null) at `now`. */
  note(slug: string, startedAt: number | null, now: number): void {
    this.#marks.set(slug, { startedAt, markedAt: now });
  }

  /** A list that came at `now`, with what events told after it was made. */
  over(stations: readonly ListedStation[], now: number): ListedStation[] {
    for (const [slug, { markedAt }] of this.#marks) if (now - markedAt > LIST_AGE_MS) this.#marks.delete(slug);
    return stations.map((station) => {
      const mark = this.#marks.get(station.slug);
      if (mark === undefined || (mark.startedAt !== null) === station.live) return station;
      return { ...station, live: mark.startedAt !== null, startedAt: mark.startedAt, listeners: null };
    });
  }
}
