/** Events that are kept in one order, and brought to every node. */
export {
  APPEND_EVENT_LUA,
  appendEventArguments,
  appendEventKeys,
  KEPT_EVENTS_PER_TOPIC,
  positionOf,
  type RawPosition,
} from './append-event.ts';
export { EventFeed, type EventFeedOptions, type EventListener, type Following } from './event-feed.ts';
export { EventLog, type EventsSince, type KeptEvent } from './event-log.ts';
