import type { BroadcastRegistry, LiveRecord } from '@awaz/infra/broadcasts';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger } from '@awaz/infra/runtime';
import type { SilenceTimes } from '../sound/sound-watch.ts';
import type { SessionMetrics } from './session-metrics.ts';

/** What a transcode session needs from its worker. Owned by the worker. */
export type SessionContext = {
  handle: RedisHandle;
  bus: ControlBus;
  registry: BroadcastRegistry;
  logger: Logger;
  metrics: SessionMetrics;
  /** Binary that passed its self-test. */
  ffmpegPath: string;
  /** One AAC frame of silence. */
  fillerFrame: Uint8Array;
  /** Lateness beyond which filler is put in, in ms; follows from the part length when left out. */
  fillerGraceMs?: number | undefined;
  /** When silence is told, instead of after 15 s and 60 s; for tests. */
  silenceTimes?: SilenceTimes | undefined;
};

/** The broadcast a session is for. */
export type SessionBroadcast = LiveRecord;
