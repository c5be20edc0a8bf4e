import type { AlarmLevel } from './alarms.ts';
import type { ErrorCode } from './errors.ts';

/** First text message of a resumable ingest client. */
export type IngestHello = {
  type: 'hello';
  /** MIME type of the audio. */
  format: string;
  /** Take the station from another publisher. */
  takeover?: boolean;
  /** Present only when continuing: with an epoch the same container stream, without one a new epoch of the broadcast. */
  resume?: { broadcastId: string; epoch?: string };
  /** Ms since 1970 on the client's clock as the message was sent; lets the server tell clock offset from encoder delay. */
  clientTime?: number;
};

/** What plays from a moment on: what is left out stays as it is, null takes it away. */
export type IngestMetadata = {
  type: 'metadata';
  show?: string | null;
  host?: string | null;
  track?: { title: string; artist?: string; art?: string } | null;
  /** Capture time of the first sample that it belongs to, on the client's clock as in chunks; the next chunk's when left out. */
  capturedAt?: number;
};

/** Text messages of an ingest client. */
export type IngestClientMessage = IngestHello | IngestMetadata | { type: 'end' };

/** Answer to hello: send from `nextSeq`. */
export type IngestReady = { type: 'ready'; broadcastId: string; epoch: string; nextSeq: number; serverTime: number };

/** All chunks up to `seq` are stored. */
export type IngestAck = { type: 'ack'; seq: number; serverTime: number };

/** What the server measures of the owner's stream, each second; see `StreamQuality`. Null where nothing is measured. */
export type IngestQuality = {
  type: 'quality';
  kbps: number;
  jitterMs: number;
  rttMs: number | null;
  lostChunks: number;
  lateMs: number;
  levelDbfs: number | null;
  rmsDbfs: number | null;
  clipped: number | null;
  silentMs: number | null;
  momentaryLufs: number | null;
  shortTermLufs: number | null;
  integratedLufs: number | null;
  /** Whether a part with this broadcast's own audio has been published. */
  onAir: boolean;
};

/** Something the owner should know that ends nothing. `level`: of an alarm, whose code is its name. */
export type IngestNotice = { type: 'notice'; code: string; message: string; level?: AlarmLevel };

/** Why the connection is about to be closed. */
export type IngestErrorMessage = {
  type: 'error';
  code: ErrorCode;
  message: string;
  retryable: boolean;
  retryAfterMs?: number;
};

/** Text messages of the server to an ingest client. */
export type IngestServerMessage =
  | IngestReady
  | IngestAck
  | IngestQuality
  | IngestNotice
  | IngestErrorMessage
  | { type: 'ended'; broadcastId: string; reason: string };

/** Why a broadcast ended. */
export type EndReason =
  | 'ended_by_owner'
  | 'owner_lost'
  | 'key_revoked'
  | 'stopped_by_admin'
  | 'station_removed'
  | 'replaced'
  | 'failed';
