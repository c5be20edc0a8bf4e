import type {
  Actor,
  ChatHold,
  ChatMessageEvent,
  ChatSettings,
  EventBodies,
  HeartbeatReport,
  ListenerCount,
  ProgrammeMetadata,
  StreamQuality,
} from '@awaz/infra/contract';

/** Ends a watch; may be called again. */
export type StopWatch = () => void;

/**
 * Where the parts of a snapshot and the newest values come from. What is left out is told by nobody. Watches call at most
 * once a second.
 */
export type LiveSources = {
  listeners?: {
    count(station: string): Promise<ListenerCount>;
    watch(station: string, listener: (count: ListenerCount) => void): StopWatch;
  };
  /** What is on now; null when nothing was told. */
  programme: (station: string) => Promise<ProgrammeMetadata | null>;
  chat: {
    /** The last 50 messages, the oldest first. */
    recent(station: string): Promise<ChatMessageEvent[]>;
    settings(station: string): Promise<ChatSettings>;
    /** What holds somebody back. */
    held(station: string, who: { id: string; actor: Actor; address: string }): Promise<ChatHold | undefined>;
  };
  likes?: {
    count(station: string): Promise<number>;
    watch(station: string, listener: (likes: EventBodies['interaction:like']) => void): StopWatch;
  };
  /** Told to staff only. */
  quality?: { watch(station: string, listener: (quality: StreamQuality) => void): StopWatch };
  /** Told of every heartbeat of a client that has joined the station. */
  heartbeat?: (report: HeartbeatReport) => void;
};
