import {
  type Attributes,
  numberAttribute,
  quotedString,
  renderAttributes,
  requireAttribute,
} from './attribute-list.ts';
import { formatDateTime } from './media-segment.ts';
import { PlaylistSyntaxError } from './playlist-lines.ts';
import { formatSeconds, type Seconds } from './seconds.ts';

/** `EXT-X-DATERANGE` (RFC 8216bis 4.4.5.1): something that is true for a span of programme time. */
export type DateRange = {
  /** Never used again for another range of the same playlist. */
  id: string;
  class?: string;
  /** Ms since 1970. */
  startDate: number;
  /** Ms since 1970. */
  endDate?: number;
  durationSeconds?: Seconds;
  plannedDurationSeconds?: Seconds;
  /** Whether the next range of the same class ends this one. */
  endOnNext?: boolean;
  /** The project's own attributes, names beginning with `X-`, values as text. */
  custom?: Readonly<Record<`X-${string}`, string>>;
  /** When the range came into the playlist, server's clock in ms; not rendered. Absent: it may never be skipped. */
  addedAt?: number;
};

/** A date range that is no longer listed. `removedAt`: server's clock in ms. */
export type RemovedDateRange = { id: string; removedAt: number };

/** Renders the tag. */
export function renderDateRange(range: DateRange): string {
  const seconds = (value: Seconds | undefined) => (value === undefined ? undefined : formatSeconds(value));
  return `#EXT-X-DATERANGE:${renderAttributes([
    ['ID', quotedString(range.id)],
    ['CLASS', range.class === undefined ? undefined : quotedString(range.class)],
    ['START-DATE', quotedString(formatDateTime(range.startDate))],
    ['END-DATE', range.endDate === undefined ? undefined : quotedString(formatDateTime(range.endDate))],
    ['DURATION', seconds(range.durationSeconds)],
    ['PLANNED-DURATION', seconds(range.plannedDurationSeconds)],
    ['END-ON-NEXT', range.endOnNext ? 'YES' : undefined],
    ...Object.entries(range.custom ?? {}).map(([name, value]) => [name, quotedString(value)] as const),
  ])}\n`;
}

/** Reads the tag's attributes. */
export function parseDateRange(attributes: Attributes, line: number): DateRange {
  const custom: Record<`X-${string}`, string> = {};
  for (const [name, value] of attributes) if (name.startsWith('X-')) custom[name as `X-${string}`] = value;
  const endDate = attributes.get('END-DATE');
  const durationSeconds = numberAttribute(attributes, 'DURATION', line);
  const plannedDurationSeconds = numberAttribute(attributes, 'PLANNED-DURATION', line);
  const rangeClass = attributes.get('CLASS');
  return {
    id: requireAttribute(attributes, 'ID', line),
    ...(rangeClass === undefined ? {} : { class: rangeClass }),
    startDate: parseDateTime(requireAttribute(attributes, 'START-DATE', line), line),
    ...(endDate === undefined ? {} : { endDate: parseDateTime(endDate, line) }),
    ...(durationSeconds === undefined ? {} : { durationSeconds }),
    ...(plannedDurationSeconds === undefined ? {} : { plannedDurationSeconds }),
    ...(attributes.get('END-ON-NEXT') === 'YES' ? { endOnNext: true } : {}),
    ...(Object.keys(custom).length === 0 ? {} : { custom }),
  };
}

/** Ms since 1970 of an ISO 8601 date-time. Throws a {@link PlaylistSyntaxError} when it is none. */
export function parseDateTime(text: string, line: number): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new PlaylistSyntaxError(line, `"${text.slice(0, 40)}" is no date-time`);
  return ms;
}
