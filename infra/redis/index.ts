/** Connections, key names and the few Redis shapes that every part of the system uses. */
export { type BusMessage, ControlBus } from './bus.ts';
export { type ConnectionKind, RedisHandle } from './connection.ts';
export {
  ACCOUNT_KEYS,
  AUDIT_KEYS,
  BROADCAST_QUEUE,
  broadcastKeys,
  chatKeys,
  chatSentKey,
  DIRECTORY_TOPIC,
  directoryToldKey,
  eventKeys,
  LIKES_CHANNEL,
  OPEN_RECORDINGS_KEY,
  PRESENCE_CHANNEL,
  RECORDING_KEEPER_KEY,
  RECORDINGS_KEY,
  recordingKeys,
  STATIONS_KEY,
  stationKeys,
  TRANSCODERS_KEY,
  WEBHOOK_DISPATCHER_KEY,
  WEBHOOK_QUEUE,
  WEBHOOK_STATIONS_KEY,
} from './keys.ts';
export { logOutages } from './outage-log.ts';
export { isRedisAway } from './redis-away.ts';
export { Script } from './script.ts';
export { parseStreamEntry, readStream, type StreamEntry, tailStream } from './stream-tail.ts';
