import type { ErrorCode, IngestNotice, IngestQuality, Milliseconds } from '@awaz/infra/contract';
import type { BacklogTotals } from './chunk-backlog.ts';
import type { LostAudio } from './lost-audio.ts';
import type { UplinkVerdict } from './uplink-watch.ts';

/**
 * Where the client is. `idle`: nothing began · `connecting`: the server has not answered yet, audio is kept · `open`:
 * audio flows · `reconnecting`: the connection was lost, audio is kept · `ending`: the rest is sent, then the end ·
 * `ended` and `failed`: over; nothing more is taken.
 */
export type IngestState = 'idle' | 'connecting' | 'open' | 'reconnecting' | 'ending' | 'ended' | 'failed';

/** Something went wrong with a connection. */
export type IngestProblem = {
  /** From the error table of the contract; undefined when the network or a machine between gave no reason. */
  code: ErrorCode | undefined;
  /** What happened, and what to do. */
  message: string;
  /** Whether the same may be tried again. */
  retryable: boolean;
  /** Wait until the client itself connects again, in ms; undefined when it does not. */
  retryInMs: Milliseconds | undefined;
};

/** How much arrived, told with each acknowledgement. */
export type IngestProgress = BacklogTotals & {
  /** Chunks up to this number of the present epoch are stored. */
  seq: number;
  /** Time from sending a chunk to its acknowledgement, median of the last ones. */
  rttMs: Milliseconds | undefined;
};

/** What a client tells, by name. */
export type IngestClientEvents = {
  /** The state changed. */
  state: IngestState;
  /** The server answered a hello; from here audio flows. `began`: whether this is the first time in this broadcast. */
  ready: { broadcastId: string; epoch: string; nextSeq: number; began: boolean };
  /** The server stored audio. */
  ack: IngestProgress;
  /** The server's figures, each second. */
  quality: IngestQuality;
  /** The uplink does not keep up with what is recorded, or has been clean for a minute; told again while it lasts. */
  uplink: UplinkVerdict;
  /** Something to know that ends nothing. */
  notice: IngestNotice;
  /** A connection failed or was refused; the state says whether the client goes on. */
  error: IngestProblem;
  /**
   * Audio was given up; `from` and `to` say which. `buffer_full`: cut off for too long, the oldest went, told once the
   * server is back (what was in flight may still have arrived); `epoch_refused`: the container stream could not be
   * continued; `end_timeout`: the end could not be delivered.
   */
  lost: LostAudio & { reason: 'buffer_full' | 'epoch_refused' | 'end_timeout' };
  /**
   * Call `startEpoch()` and send a stream with a fresh header. `epoch_refused`: the container stream cannot be continued,
   * what is sent without is lost; `audio_lost`: it has a hole, and a source that easily can should begin another.
   */
  restart: { reason: 'epoch_refused' | 'audio_lost' };
  /** The broadcast is over. `confirmed`: whether the server said so. */
  ended: { reason: string; confirmed: boolean };
};
