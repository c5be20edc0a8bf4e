import type { ChatMode } from './accounts.ts';
import type { StreamAlarm } from './alarms.ts';
import type { EndReason } from './ingest-messages.ts';

/** Who wrote a chat message. */
export type ChatAuthor = {
  /** Account id, or id of a guest. */
  id: string;
  name: string;
  role: 'guest' | 'listener' | 'member' | 'moderator' | 'owner' | 'admin';
};

/**
 * A chat message. Its id, by which it is deleted and reported, is that of its event, and stays when a new epoch begins.
 */
export type ChatMessage = {
  author: ChatAuthor;
  text: string;
  /** Server time, ms since 1970. */
  at: number;
  /** Programme date-time that its writer heard, ms since 1970. */
  mediaTime?: number;
  /** Ids of those it mentions. */
  mentions?: string[];
};

/** What a station's chat allows. */
export type ChatSettings = {
  mode: ChatMode;
  /** Least time between two messages of one person, in seconds; 0: none. */
  slowSeconds: number;
  /** Whether messages may hold links: of everybody, of staff only. */
  links: 'everyone' | 'staff';
};

/** What is playing. */
export type Track = { title: string; artist: string; art?: string };

/** What a station tells of its programme from a moment on. */
export type ProgrammeMetadata = {
  show: string | null;
  host: string | null;
  track: Track | null;
  /** Programme date-time from which it is audible, ms since 1970. */
  at: number;
};

/** How many listen. */
export type ListenerCount = {
  count: number;
  /** Most at the same time in the broadcast on air, or in the last one while its media stays. */
  peak: number;
  /** False where it cannot be known: a cache in front hides who listens, or there are more than are counted. */
  exact: boolean;
};

/** How a stream does, from end to end; null where nothing is measured. */
export type StreamQuality = {
  ingest: {
    kbps: number | null;
    jitterMs: number | null;
    rttMs: number | null;
    lostChunks: number | null;
    /** How much later audio arrives than at its best within 30 s, in ms; grows while the upload is too slow. */
    lateMs: number | null;
    /** Largest sample of the last second, in dBFS; -100 is digital silence. */
    levelDbfs: number | null;
    /** Root mean square of the last second, in dBFS. */
    rmsDbfs: number | null;
    /** Runs of three or more samples at full scale within the last 10 s. */
    clipped: number | null;
    /** For how long nothing was above -50 dBFS; 0 while something is. */
    silentMs: number | null;
    /** Loudness (EBU R 128) of the last 400 ms, of the last 3 s, and of all since the encoder's worker took it, in LUFS. */
    momentaryLufs: number | null;
    shortTermLufs: number | null;
    integratedLufs: number | null;
  };
  encoder: { speed: number | null; delayMs: number | null };
  listeners: { latencyMs: { p50: number | null; p95: number | null }; stallRatio: number | null };
};

/** Bodies of the events that a server sends, beside `station` and `id`. */
export type EventBodies = {
  'stream:started': { broadcastId: string; title: string; host: string | null; startedAt: number; url: string };
  'stream:stopped': { broadcastId: string; reason: EndReason; at: number };
  'stream:metadata': ProgrammeMetadata;
  'stream:listeners': ListenerCount;
  'stream:quality': StreamQuality;
  /** To staff only. */
  'stream:alarm': StreamAlarm;
  'chat:message': ChatMessage;
  /** Its `id` is that of the message that is gone; `position` is its own place. */
  'chat:deleted': { by: 'author' | 'staff' };
  'chat:settings': ChatSettings;
  'interaction:like': { count: number; at: number };
};

/** Name of an event that a server sends. */
export type EventName = keyof EventBodies;

/**
 * Events that are kept and can be replayed; each has an id of its own. The others only tell a newest value: they carry
 * the id of the last kept event, so that replay from it misses nothing.
 */
export const KEPT_EVENTS = [
  'stream:started',
  'stream:stopped',
  'stream:metadata',
  'stream:alarm',
  'chat:message',
  'chat:deleted',
  'chat:settings',
] as const satisfies readonly EventName[];

/** Events that only staff gets (`quality.read`), whoever else follows the station. */
export const STAFF_EVENTS: readonly EventName[] = ['stream:quality', 'stream:alarm'];

/** Name of an event that is kept. */
export type KeptEventName = (typeof KEPT_EVENTS)[number];

/** An event as a client gets it: on a socket as the argument of the event, in SSE as data. */
export type EventEnvelope<Name extends EventName = EventName> = EventBodies[Name] & {
  station: string;
  /** `{epoch}-{offset}`: the event's own place, save for `chat:deleted`, which names the message. */
  id: string;
  /** `{epoch}-{offset}`: what to give as `since`, and the id of the event in SSE. */
  position: string;
  /** Told to the directory: `position` is a place there, while `id` is the same as in the station's own events. */
  directory?: true;
};

/** A chat message with the fields of its event. */
export type ChatMessageEvent = EventEnvelope<'chat:message'>;

/** An event with its name, as in a replay. */
export type NamedEvent<Name extends EventName = EventName> = {
  [Each in Name]: { event: Each; data: EventEnvelope<Each> };
}[Name];
