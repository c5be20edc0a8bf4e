import type { ProgrammeMetadata } from '@awaz/infra/contract';
import type { PublishedPart } from '@awaz/infra/part-log';
import type { PublishedProgramme } from '@awaz/infra/titles';
import type { DateRange, RemovedDateRange } from '@awaz/transcoder/hls';

/** `CLASS` of the date ranges that tell the programme. */
export const PROGRAMME_CLASS = 'com.awaz.programme';

/** How long it stays known that a date range was removed, in ms: longer than any skip boundary. */
const REMOVED_MEMORY_MS = 600_000;

/** Most date ranges that one window lists; the oldest is no longer listed beyond it. */
export const MAX_LISTED_TITLES = 200;

/** What is audible when in one broadcast's window, and the date ranges that tell it. Values only. */
export class WindowProgramme {
  #entries: PublishedProgramme[] = [];
  #removed: RemovedDateRange[] = [];

  /** Date ranges to list: all that reach into the listed window, the one that began before it too. */
  get ranges(): DateRange[] {
    return this.#entries.map(dateRangeOf);
  }

  /** Those that were listed a while ago. */
  get removed(): readonly RemovedDateRange[] {
    return this.#removed;
  }

  /** Moments within a span at which something else becomes audible; ms since 1970. */
  changesWithin(from: number, to: number): number[] {
    return this.#entries.map(({ at }) => at).filter((at) => at > from && at < to);
  }

  /** What is audible at a programme date-time; undefined when nothing is known of it. */
  at(programDateTime: number): ProgrammeMetadata | undefined {
    return this.#entries.findLast(({ at }) => at <= programDateTime);
  }

  /** Takes what a part tells. */
  append({ programme = [], programmeBefore }: PublishedPart): void {
    const told = programmeBefore === undefined ? programme : [programmeBefore, ...programme];
    for (const entry of told) {
      if (entry.at > (this.#entries.at(-1)?.at ?? Number.NEGATIVE_INFINITY)) this.#entries.push(entry);
    }
  }

  /** Drops what had ended before the first listed segment began. `now`: when the playlist changed, ms since 1970. */
  trim(firstListed: number, now: number): void {
    const isOver = (index: number) => (this.#entries[index + 1]?.at ?? Number.POSITIVE_INFINITY) <= firstListed;
    let dropped = Math.max(0, this.#entries.length - MAX_LISTED_TITLES);
    while (isOver(dropped)) dropped++;
    if (dropped === 0) return;
    const gone = this.#entries.splice(0, dropped).map((entry) => ({ id: rangeId(entry), removedAt: now }));
    this.#removed = [...this.#removed, ...gone].filter(({ removedAt }) => now - removedAt < REMOVED_MEMORY_MS);
  }
}

function rangeId({ at }: ProgrammeMetadata): string {
  return `programme-${at}`;
}

function dateRangeOf(programme: PublishedProgramme): DateRange {
  const { show, host, track, at, publishedAt } = programme;
  const custom: Record<`X-${string}`, string> = {};
  if (track !== null) custom['X-TITLE'] = track.title;
  if (track !== null && track.artist !== '') custom['X-ARTIST'] = track.artist;
  if (track?.art !== undefined) custom['X-ART'] = track.art;
  if (show !== null) custom['X-SHOW'] = show;
  if (host !== null) custom['X-HOST'] = host;
  return {
    id: rangeId(programme),
    class: PROGRAMME_CLASS,
    startDate: at,
    endOnNext: true,
    custom,
    addedAt: publishedAt,
  };
}
