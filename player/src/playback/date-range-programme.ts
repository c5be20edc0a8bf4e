import type { ProgrammeMetadata } from '@awaz/infra/contract';

/** `CLASS` of the date ranges that tell the programme. */
const PROGRAMME_CLASS = 'com.awaz.programme';

/** What is used of a date range as hls.js hands it out. */
export type ListedDateRange = {
  class: string;
  startDate: Date;
  attr: Record<string, unknown>;
};

/** The programme that date ranges of a playlist tell; those of other classes are left out. */
export function programmeOfDateRanges(ranges: Iterable<ListedDateRange | undefined>): ProgrammeMetadata[] {
  const programme: ProgrammeMetadata[] = [];
  for (const range of ranges) {
    const at = range?.class === PROGRAMME_CLASS ? range.startDate.getTime() : Number.NaN;
    if (range === undefined || Number.isNaN(at)) continue;
    const text = (name: string) => (typeof range.attr[name] === 'string' ? (range.attr[name] as string) : null);
    const title = text('X-TITLE');
    const art = text('X-ART');
    const track = title === null ? null : { title, artist: text('X-ARTIST') ?? '', ...(art === null ? {} : { art }) };
    programme.push({ show: text('X-SHOW'), host: text('X-HOST'), track, at });
  }
  return programme;
}
