import {
  type EventBodies,
  type EventEnvelope,
  type EventName,
  type EventPosition,
  formatEventId,
  type NamedEvent,
  STAFF_EVENTS,
} from '@awaz/infra/contract';
import type { KeptEvent } from '@awaz/infra/events';
import { DIRECTORY_TOPIC } from '@awaz/infra/redis';

/**
 * A kept event as clients get it. A body may name an `id` of its own: a deletion that of its message, news in the
 * directory that of the station's event.
 */
export function envelopeOf(topic: string, { body, position }: KeptEvent): EventEnvelope {
  const place = formatEventId(position);
  const where = topic === DIRECTORY_TOPIC ? { directory: true } : { station: topic };
  return { id: place, ...body, ...where, position: place } as unknown as EventEnvelope;
}

/** Whether somebody gets an event that is told on a topic which he follows. */
export function isFor(isStaff: boolean, { event }: { event: EventName }): boolean {
  return isStaff || !STAFF_EVENTS.includes(event);
}

/** A kept event with its name, as in a replay. */
export function namedEvent(topic: string, kept: KeptEvent): NamedEvent {
  return { event: kept.event, data: envelopeOf(topic, kept) } as NamedEvent;
}

/** An event that only tells a newest value; it carries the place of the last kept event. */
export function newestEnvelope<Name extends EventName>(
  station: string,
  body: EventBodies[Name],
  position: EventPosition,
): EventEnvelope<Name> {
  const place = formatEventId(position);
  return { ...body, station, id: place, position: place };
}
