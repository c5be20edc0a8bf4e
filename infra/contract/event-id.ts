/**
 * Place of an event in the events of one station. `offset` rises by one with each event that is kept; `epoch` says that
 * the events were begun anew (Redis lost some), so that a place of before means nothing any more.
 */
export type EventPosition = { epoch: string; offset: number };

const PATTERN = /^([a-z0-9]{1,16})-(\d{1,15})$/;

/** `{epoch}-{offset}`, as in `id` of every event and in `Last-Event-ID`. */
export function formatEventId({ epoch, offset }: EventPosition): string {
  return `${epoch}-${offset}`;
}

/** Reads an event id; undefined when it is none. */
export function parseEventId(id: string): EventPosition | undefined {
  const [, epoch, offset] = PATTERN.exec(id) ?? [];
  return epoch === undefined || offset === undefined ? undefined : { epoch, offset: Number(offset) };
}
