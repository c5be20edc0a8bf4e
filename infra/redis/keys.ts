/**
 * All keys of one station share the hash tag `{slug}`, so that a script may touch several of them on a Redis Cluster.
 * `b` = one broadcast.
 */
export const stationKeys = (station: string) => ({
  /** Hash: title and settings of the station. */
  station: `awaz:{${station}}:station`,
  /** Hash: stream key id to its record (JSON); the key itself is stored as a SHA-256. */
  streamKeys: `awaz:{${station}}:keys`,
  /** Hash: account id to what it is on the station, `member` or `moderator`. */
  people: `awaz:{${station}}:people`,
  /** Hash: listen token id to its record (JSON); the token itself is stored as a SHA-256. */
  listenTokens: `awaz:{${station}}:listen-tokens`,
  /** Sorted set: listener session of a private station to the ms since 1970, on Redis's clock, until which it lives. */
  listenSessions: `awaz:{${station}}:listen-sessions`,
  /** Hash: listener session of a private station to what it was opened by. */
  listenGrants: `awaz:{${station}}:listen-grants`,
  /** String: a private station by this name was removed; expires when nothing of its sound can be left. */
  removedPrivate: `awaz:{${station}}:removed-private`,
  /** Hash: the current or last broadcast; expires with its media after the end. */
  live: `awaz:{${station}}:live`,
  /** String: token of the connected publisher; expires when its node dies. */
  publisher: `awaz:{${station}}:publisher`,
  /** Counter: raised at each acquisition of the station by a worker. */
  fence: `awaz:{${station}}:fence`,
  /** Sorted set: listener session (without its `~`) to the ms since 1970, on Redis's clock, until which it counts. */
  listeners: `awaz:{${station}}:listeners`,
  /** Hash: the last count of the listeners and what it was made of. */
  audience: `awaz:{${station}}:audience`,
  /** Hash: hash of a picture to its bytes (WebP); two at most. */
  artwork: `awaz:{${station}}:artwork`,
  /** Hash: webhook id to the webhook (JSON). */
  webhooks: `awaz:{${station}}:webhooks`,
  /** Hash: how sending to each webhook goes. */
  webhookStates: `awaz:{${station}}:webhook-states`,
  /** String: place of the last event that the webhooks were told of. */
  webhookCursor: `awaz:{${station}}:webhook-cursor`,
  /** Stream: the last tries to send to one webhook; expires. */
  webhookLog: (webhookId: string): string => `awaz:{${station}}:webhook-log:${webhookId}`,
  /** Hash: source of figures about the stream to when (Redis's clock) and what it told; expires. */
  quality: `awaz:{${station}}:quality`,
  ...eventKeys(station),
});

/** Keys of what is recorded of a station; they share its hash tag. */
export const recordingKeys = (station: string, broadcastId: string) => ({
  /** Sorted set: ids of the station's recorded broadcasts by their start, ms since 1970. */
  ids: `awaz:{${station}}:recordings`,
  /** Hash: what is known of one recording, and where its archiver is. */
  facts: `awaz:{${station}}:recording:${broadcastId}`,
  /** List: its segments (JSON), in order. */
  segments: `awaz:{${station}}:recording:${broadcastId}:segments`,
  /** List: what was audible when (JSON), in order. */
  titles: `awaz:{${station}}:recording:${broadcastId}:titles`,
  /** String: token of the process that writes it; expires when that dies. */
  lease: `awaz:{${station}}:recording:${broadcastId}:lease`,
});

/** Set: `station/broadcastId` of recordings that are not complete. */
export const OPEN_RECORDINGS_KEY = 'awaz:recordings:open';

/** Sorted set: `station/broadcastId` of all recordings by their start, ms since 1970. */
export const RECORDINGS_KEY = 'awaz:recordings';

/** String: token of the process that clears recordings away; expires when it dies. */
export const RECORDING_KEEPER_KEY = 'awaz:recordings:keeper';

/** String: id and time of a message that was sent under a key of its writer's; expires soon. */
export const chatSentKey = (station: string, person: string, key: string): string =>
  `awaz:{${station}}:chat:sent:${person}:${key}`;

/** Keys of the chat of a station; they share its hash tag. */
export const chatKeys = (station: string) => ({
  /** Hash: what the chat allows, its word filter, and the version of both. */
  settings: `awaz:{${station}}:chat:settings`,
  /** Stream: the last messages; the entry of the message whose event has offset `n` has the id `n-0`. */
  history: `awaz:{${station}}:chat:history`,
  /** Hash: account or guest id to who wrote under it last (JSON). */
  people: `awaz:{${station}}:chat:people`,
  /** Sorted set: account or guest id to the ms since 1970 of its last message. */
  spoke: `awaz:{${station}}:chat:spoke`,
  /** Hash: mutes and bans (JSON). */
  restrictions: `awaz:{${station}}:chat:restrictions`,
  /** Hash: message id to what was reported of it (JSON). */
  reports: `awaz:{${station}}:chat:reports`,
  /** Sorted set: message id to the ms since 1970 of its first report. */
  reported: `awaz:{${station}}:chat:reported`,
});

/**
 * Keys of the events of a station, or of the directory (`DIRECTORY_TOPIC`). The channel shares no slot, it has none.
 */
export const eventKeys = (topic: string) => ({
  /** Stream: the kept events; the entry of the event with offset `n` has the id `n-0`. */
  events: `awaz:{${topic}}:events`,
  /** Hash: epoch, newest offset, and which Redis server counted. */
  eventHead: `awaz:{${topic}}:event-head`,
  /** Pub/sub channel: each event as it is kept. */
  eventChannel: `awaz:{${topic}}:event-channel`,
});

/** Stands for the directory where others name a station; no slug looks like it. */
export const DIRECTORY_TOPIC = '~directory';

/** String: the directory has been told this of a broadcast, or of one of its changes. */
export const directoryToldKey = (event: string, about: string): string =>
  `awaz:{${DIRECTORY_TOPIC}}:told:${event}:${about}`;

/** Keys of one broadcast; see {@link stationKeys}. */
export const broadcastKeys = (station: string, broadcastId: string) => ({
  /** Stream: the chunk log. */
  chunks: `awaz:{${station}}:b:${broadcastId}:chunks`,
  /** Hash: epoch and next sequence number of the ingest. */
  ingest: `awaz:{${station}}:b:${broadcastId}:ingest`,
  /** Stream: the part log. */
  parts: `awaz:{${station}}:b:${broadcastId}:parts`,
  /** Hash: facts of the broadcast that readers of the part log need, with the init sections. */
  meta: `awaz:{${station}}:b:${broadcastId}:meta`,
  /** Stream: titles that were set and are not published yet. */
  titles: `awaz:{${station}}:b:${broadcastId}:titles`,
  /** Hash: most listeners at the same time; expires with the record of the broadcast. */
  audience: `awaz:{${station}}:b:${broadcastId}:audience`,
  /** Hash: how many likes, and how many in each span of media time. */
  likes: `awaz:{${station}}:b:${broadcastId}:likes`,
  /** Hash: name of an alarm to its level and since when, ms since 1970; expires. */
  alarms: `awaz:{${station}}:b:${broadcastId}:alarms`,
  /** HyperLogLog: every listener session there was; expires with the record of the broadcast. */
  uniques: `awaz:{${station}}:b:${broadcastId}:uniques`,
});

/** Keys of all accounts; they share the hash tag `{accounts}`, so that a script may touch several of them. */
export const ACCOUNT_KEYS = {
  /** Hash: address (small letters) to account id. */
  byEmail: 'awaz:{accounts}:by-email',
  /** Sorted set of account ids by creation time. */
  ids: 'awaz:{accounts}:ids',
  /** Set of the ids of administrators. */
  admins: 'awaz:{accounts}:admins',
  /** Hash: one account. */
  account: (id: string) => `awaz:{accounts}:a:${id}`,
  /** Hash: one sign-in, whose refresh token rotates; expires with it. */
  signIn: (id: string) => `awaz:{accounts}:s:${id}`,
  /** Sorted set: sign-ins of an account by the time of their end. */
  signInsOf: (accountId: string) => `awaz:{accounts}:signed-in:${accountId}`,
  /** String: what a one-time link is for; its name holds the token's hash. */
  oneTime: (tokenHash: string) => `awaz:{accounts}:one-time:${tokenHash}`,
} as const;

/** Streams of the audit log. */
export const AUDIT_KEYS = {
  /** Everything. */
  all: 'awaz:{audit}:log',
  /** What concerns one station; shares its hash tag. */
  station: (station: string) => `awaz:{${station}}:audit`,
} as const;

/** Sorted set of all station slugs by creation time. */
export const STATIONS_KEY = 'awaz:stations';

/** Set of slugs of stations that have webhooks. */
export const WEBHOOK_STATIONS_KEY = 'awaz:webhook-stations';

/** String: token of the process that tells webhooks of events; expires when it dies. */
export const WEBHOOK_DISPATCHER_KEY = 'awaz:webhook-dispatcher';

/** Hash of live transcoders: id to its heartbeat; read and written by `TranscoderRoll`. */
export const TRANSCODERS_KEY = 'awaz:transcoders';

/** Pub/sub channel of the control bus. */
export const BUS_CHANNEL = 'awaz:bus';

/** Pub/sub channel of the listener counts. */
export const PRESENCE_CHANNEL = 'awaz:presence';

/** Pub/sub channel of the likes. */
export const LIKES_CHANNEL = 'awaz:likes';

/** BullMQ's prefix and queue name for messages to webhooks. */
export const WEBHOOK_QUEUE = { prefix: '{awaz}', name: 'webhooks' } as const;

/** BullMQ's prefix and queue name for broadcasts. */
export const BROADCAST_QUEUE = { prefix: '{awaz}', name: 'broadcasts' } as const;
