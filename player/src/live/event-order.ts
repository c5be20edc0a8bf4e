import { type EventPosition, parseEventId } from '@awaz/infra/contract';

/** Remembers the place up to which events were told, so that none is told twice. */
export class EventOrder {
  #last: EventPosition | undefined;

  /** Everything up to this place was told. */
  reach(position: string): void {
    this.#last = parseEventId(position) ?? this.#last;
  }

  /** Whether an event at this place is new; it counts as told then. One without a readable place always is. */
  take(position: string): boolean {
    const place = parseEventId(position);
    if (place === undefined) return true;
    // Another epoch is always later: the server tells old events by their old places.
    if (this.#last?.epoch === place.epoch && place.offset <= this.#last.offset) return false;
    this.#last = place;
    return true;
  }
}
