import { FRAME_DURATION_MS, type Milliseconds } from '@awaz/infra/contract';
import type { PartTitles, PublishedPart, UnreadTitles } from '@awaz/infra/part-log';
import { changedProgramme, inOrderOfCapture, type PublishedProgramme, type TitleRequest } from '@awaz/infra/titles';
import { withProgramme } from '../packager/part-programme.ts';

/** Most titles that begin in one part; the others get the next ones. */
export const MAX_TITLES_PER_PART = 8;

/** A part with its titles, not yet published. */
export type TitledPart = { part: PublishedPart; titles: PartTitles; placed: readonly TitleRequest[] };

/**
 * Gives titles that were set their place: the moment of the part in which the audio stands that was captured when they
 * were set for, or the first moment of the next part where that has gone. Values only: it is told what was read and stored.
 */
export class TitlePlacer {
  #programme: PublishedProgramme | undefined;
  #waiting: TitleRequest[] = [];
  #newestRead = '0';

  /** `programme`: what was published last. */
  constructor(programme?: PublishedProgramme) {
    this.#programme = programme;
  }

  /** Takes titles that were set since the last time. */
  read({ requests, newestRead }: UnreadTitles): void {
    this.#waiting = [...this.#waiting, ...requests].toSorted(inOrderOfCapture);
    this.#newestRead = newestRead;
  }

  /**
   * Begins anew after a write whose outcome is not known, with what was published last: what waits is read again, since
   * Redis may have taken titles from it, or lost that it has.
   */
  restart(programme: PublishedProgramme | undefined): void {
    this.#programme = programme;
    this.#waiting = [];
    this.#newestRead = '0';
  }

  /** The part with the titles that are due in it. `lateMs`: how much later than captured its audio stands on the timeline. */
  title(part: PublishedPart, lateMs: Milliseconds): TitledPart {
    const end = part.programDateTime + part.frames * FRAME_DURATION_MS;
    const placed: TitleRequest[] = [];
    const programme: PublishedProgramme[] = [];
    for (const request of this.#waiting.slice(0, MAX_TITLES_PER_PART)) {
      const before = programme.at(-1) ?? this.#programme;
      // In whole ms, as playlists print it; each moment has one title, so that its id is its own.
      const earliest = Math.max(Math.ceil(part.programDateTime), (before?.at ?? 0) + 1);
      const at = Math.max(earliest, Math.round(request.capturedAt + lateMs));
      if (at >= end) break;
      placed.push(request);
      programme.push(changedProgramme(before, request.change, { at, publishedAt: part.publishedAt }));
    }
    const titles = { newestRead: this.#newestRead, taken: placed.map(({ id }) => id) };
    const isFirst = part.index === 0 && this.#programme !== undefined;
    const titled = withProgramme(part, programme);
    return { part: isFirst ? { ...titled, programmeBefore: this.#programme } : titled, titles, placed };
  }

  /** Notes that a part is stored: its titles wait no more. */
  stored({ part, placed }: TitledPart): void {
    if (placed.length === 0) return;
    this.#programme = part.programme?.at(-1) ?? this.#programme;
    this.#waiting = this.#waiting.filter((request) => !placed.includes(request));
  }
}
