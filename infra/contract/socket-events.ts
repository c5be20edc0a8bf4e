import type { ChatMode } from './accounts.ts';
import type { ChatHold } from './chat.ts';
import type { ErrorCode } from './errors.ts';
import type {
  ChatMessageEvent,
  ChatSettings,
  EventEnvelope,
  EventName,
  ListenerCount,
  NamedEvent,
  ProgrammeMetadata,
} from './events.ts';

/** Why something was refused, as an acknowledgement tells it. */
export type SocketError = { code: ErrorCode; message: string; retryAfterMs?: number };

/** Acknowledgement of a client event. */
export type Acknowledgement<Answer extends object = object> =
  | ({ ok: true } & Answer)
  | { ok: false; error: SocketError };

/** Who the server takes a client for. */
export type SocketIdentity = { id: string; name: string; role: 'guest' | 'listener' | 'owner' | 'admin' };

/** A station in the directory. */
export type DirectoryStation = {
  station: string;
  title: string;
  live: boolean;
  /** Who is at the microphone; null when it was not told. */
  host: string | null;
  /** Ms since 1970; null when off air. */
  startedAt: number | null;
  listeners: ListenerCount | null;
  language: string | null;
  tags: string[];
  artwork: string | null;
  /** Multivariant playlist, relative to the server. */
  url: string;
  /** Listener page, relative to the server. */
  page: string;
};

/** All that a page needs when it comes to a station. */
export type StationSnapshot = {
  live: { broadcastId: string; startedAt: number; title: string; host: string | null; url: string } | null;
  metadata: ProgrammeMetadata | null;
  listeners: ListenerCount;
  likes: number;
  /** The last 50 messages, the oldest first; empty where the client may not read them. */
  chat: ChatMessageEvent[];
  settings: ChatSettings;
  /** What the client may do in this chat; `held`: what keeps it from writing, where that is a mute or a ban. */
  you: SocketIdentity & {
    station: 'guest' | 'account' | 'member' | 'moderator' | 'owner' | 'admin';
    mayChat: boolean;
    held?: ChatHold;
  };
};

/** Answer to `stream:join`. */
export type JoinAnswer = {
  snapshot: StationSnapshot;
  /** Give as `since` after a cut. */
  position: string;
  /** With `since`: what came after it, in order. */
  missed?: NamedEvent[];
  /** With `since`: it cannot be told what was missed; the snapshot is all there is. */
  reset?: true;
};

/** What a player tells of itself, each 10 s. */
export type HeartbeatReport = {
  station: string;
  session?: string;
  latencyMs?: number;
  bufferMs?: number;
  /** Stalls since the last heartbeat. */
  stalls?: number;
  engine?: string;
  rendition?: string;
};

/** Events of every namespace. */
export type CommonCalls = {
  /** A fresh access token of the same account, so that the connection outlives the one it came with. */
  'auth:renew': { body: { token: string }; answer: { you: SocketIdentity; tokenExpiresAt: number } };
};

/** What events of a client carry, and what is answered; the same names as on the wire. */
export type ClientCalls = CommonCalls & {
  'directory:join': { body: Record<string, never>; answer: { stations: DirectoryStation[]; position: string } };
  'directory:leave': { body: Record<string, never>; answer: object };
  /** `token`: opens a private station, as it does for `index.m3u8`; else `auth.listenToken` does. */
  'stream:join': { body: { station: string; session?: string; since?: string; token?: string }; answer: JoinAnswer };
  'stream:leave': { body: { station: string }; answer: object };
  'stream:heartbeat': { body: HeartbeatReport; answer: { serverTime: number } };
  /** `key`: the same one within two minutes brings the first answer again, for who did not get it. */
  'chat:send': {
    body: { station: string; text: string; mediaTime?: number; key?: string };
    answer: { id: string; at: number };
  };
  /** An own message within five minutes; staff any one. */
  'chat:delete': { body: { station: string; id: string }; answer: object };
  'chat:report': { body: { station: string; id: string; reason?: string }; answer: object };
  'interaction:like': { body: { station: string; mediaTime?: number }; answer: { count: number } };
};

/** Events of `/studio` beside those of ingest. */
export type StudioCalls = CommonCalls & {
  'stream:join': ClientCalls['stream:join'];
  'stream:leave': ClientCalls['stream:leave'];
  'stream:metadata:set': {
    body: {
      station: string;
      show?: string | null;
      host?: string | null;
      track?: { title: string; artist?: string; art?: string } | null;
      at?: number;
    };
    answer: { at: number };
  };
  'stream:stop': { body: { station: string }; answer: { broadcastId: string } };
  'chat:send': ClientCalls['chat:send'];
  'chat:delete': ClientCalls['chat:delete'];
  'chat:report': ClientCalls['chat:report'];
  'interaction:like': ClientCalls['interaction:like'];
  /** `target` is an account or a guest; `erase` also deletes what it wrote lately. */
  'chat:mute': {
    body: { station: string; target: string; seconds: number; reason?: string; erase?: boolean };
    answer: { until: number };
  };
  'chat:unmute': { body: { station: string; target: string }; answer: object };
  /** For good without `seconds`; with `address` also whoever comes from where the target wrote last. */
  'chat:ban': {
    body: { station: string; target: string; seconds?: number; reason?: string; address?: boolean; erase?: boolean };
    answer: { until: number | null };
  };
  'chat:unban': { body: { station: string; target: string }; answer: object };
  'chat:slow': { body: { station: string; seconds: number }; answer: ChatSettings };
  'chat:settings:set': {
    body: { station: string; mode?: ChatMode; links?: ChatSettings['links']; slowSeconds?: number; words?: string[] };
    answer: ChatSettings;
  };
};

/** Events of `/admin`. */
export type AdminCalls = CommonCalls & {
  'admin:watch': { body: Record<string, never>; answer: { stations: DirectoryStation[] } };
  'stream:stop': StudioCalls['stream:stop'];
};

type Calls = Record<string, { body: object; answer: object }>;

/** Client events of a namespace in the shape of Socket.IO's type parameters. */
export type ClientEvents<Table extends Calls> = {
  [Name in keyof Table]: (
    body: Table[Name]['body'],
    acknowledge?: (answer: Acknowledgement<Table[Name]['answer']>) => void,
  ) => void;
};

/** Server events in the shape of Socket.IO's type parameters. */
export type ServerEvents = { [Name in EventName]: (event: EventEnvelope<Name>) => void } & {
  /**
   * First on each connection. `guest`: what a guest is to give as `auth.guest` from now on. `tokenExpiresAt`: when the
   * access token expires; the socket is told goodbye a little later, unless `auth:renew` gave a fresh one. Times in ms.
   */
  'server:welcome': (welcome: {
    you: SocketIdentity;
    guest?: string;
    tokenExpiresAt?: number;
    serverTime: number;
  }) => void;
  /** The client may follow a station no more: it was removed, or made private. */
  'stream:closed': (closed: { station: string; code: ErrorCode; message: string }) => void;
  /** The server goes down or drops this client: connect again, or do not. */
  'server:goodbye': (goodbye: { code: ErrorCode; message: string; retryable: boolean }) => void;
};

/** `auth` of a Socket.IO connection. */
export type SocketAuth = {
  /** Access token; on `/studio` a stream key will do for ingest alone. */
  token?: string;
  /** Name of a guest. */
  name?: string;
  /** A listen token: private stations that it is for can be joined by it. */
  listenToken?: string;
  /** What the server gave a guest before, so that it stays the same one. */
  guest?: string;
};
