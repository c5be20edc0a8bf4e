import type { AlarmLevel, AlarmName, ErrorCode, IngestNotice, IngestQuality } from '@awaz/infra/contract';
import { ALARM_NAMES } from '@awaz/infra/contract';
import type { IngestProblem, IngestState } from '../ingest-client/index.ts';
import { Broadcast, type BroadcastSound, type Recording } from './broadcast.ts';
import type { CaptureWish } from './capture.ts';
import type { LiveMark, StudioAccess } from './studio-link.ts';

/** What is measured of a broadcast; all spans in ms. */
export type AirView = {
  state: IngestState;
  /** The server said within the last seconds that it has published this broadcast's own sound. */
  isOnAir: boolean;
  /** When listeners could hear it first; ms since 1970. */
  onAirSince: number | undefined;
  ackedMs: number;
  ackedBytes: number;
  unackedMs: number;
  lostMs: number;
  /** Since the last acknowledgement; undefined before the first. */
  ackAgeMs: number | undefined;
  rttMs: number | undefined;
  reconnects: number;
  /** What the server measures; undefined before its first word. */
  quality: IngestQuality | undefined;
  /** What the server says is wrong with the broadcast. */
  alarms: ReadonlyMap<AlarmName, AlarmLevel>;
  /** How the sound is captured; undefined before it is. */
  sound: BroadcastSound | undefined;
  /** What could not be kept while cut off for too long: from when to when it was captured. */
  lost: { from: number; to: number } | undefined;
};

/** Nothing is being sent. */
export const OFF_AIR: AirView = {
  state: 'idle',
  isOnAir: false,
  onAirSince: undefined,
  ackedMs: 0,
  ackedBytes: 0,
  unackedMs: 0,
  lostMs: 0,
  ackAgeMs: undefined,
  rttMs: undefined,
  reconnects: 0,
  quality: undefined,
  alarms: new Map(),
  sound: undefined,
  lost: undefined,
};

/** How a broadcast was over. */
export type Outcome =
  | { kind: 'ended'; confirmed: boolean; onAirMs: number }
  | { kind: 'failed'; code: ErrorCode | undefined; message: string };

/** Quality comes each second; what is older than this is no proof of anything any more, in ms. */
const QUALITY_FRESH_MS = 3500;

/** How a session begins. */
export type AirSessionOptions = {
  link: StudioAccess;
  /** Address of the server. */
  server: string;
  takeover: boolean;
  /** The capture to use, if the browser can. */
  capture: CaptureWish;
  /** A broadcast of this tab to go on with. */
  resume: LiveMark | undefined;
  /** Called once, when it is over. */
  over: (outcome: Outcome) => void;
  /** Called as long as there is something to go on with after a reload. */
  mark: (mark: LiveMark) => void;
};

/** One broadcast from Go live to its end, and what is known about its way to the listeners. */
export class AirSession {
  readonly #options: AirSessionOptions;
  readonly #broadcast: Broadcast;
  #broadcastId: string | undefined;
  #onAirSince: number | undefined;
  #qualityAt = Number.NEGATIVE_INFINITY;
  #quality: IngestQuality | undefined;
  #alarms = new Map<AlarmName, AlarmLevel>();
  #ackAt: number | undefined;
  #rttMs: number | undefined;
  #reconnects = 0;
  #problem: IngestProblem | undefined;
  #lost: { from: number; to: number } | undefined;

  constructor(options: AirSessionOptions) {
    const { link, server, takeover, capture, resume } = options;
    this.#options = options;
    this.#onAirSince = resume?.startedAt;
    const broadcastId = resume?.broadcastId;
    this.#broadcast = new Broadcast({ servers: [server], ...link, takeover, capture, broadcastId });
    this.#follow();
  }

  /** Sends this from now on. */
  record(recording: Recording): Promise<void> {
    return this.#broadcast.record(recording);
  }

  /** Delivers the rest and ends the broadcast; the outcome tells how that went. */
  async end(): Promise<void> {
    await this.#broadcast.end().catch(() => {}); // told as the outcome
  }

  /** The network is back: do not wait. */
  retryNow(): void {
    this.#broadcast.client.retryNow();
  }

  /** Leaves without ending the broadcast. May be called again. */
  close(): void {
    this.#broadcast.close();
  }

  /** What is known now. */
  view(now: number): AirView {
    const { state, totals } = this.#broadcast.client;
    const isFresh = now - this.#qualityAt < QUALITY_FRESH_MS;
    return {
      ...totals,
      state,
      isOnAir: state === 'open' && isFresh && this.#quality?.onAir === true,
      onAirSince: this.#onAirSince,
      ackAgeMs: this.#ackAt === undefined ? undefined : now - this.#ackAt,
      rttMs: this.#rttMs,
      reconnects: this.#reconnects,
      quality: isFresh ? this.#quality : undefined,
      alarms: this.#alarms,
      sound: this.#broadcast.sound,
      lost: this.#lost,
    };
  }

  #follow(): void {
    const { client } = this.#broadcast;
    client.on('ready', ({ broadcastId, began }) => {
      this.#broadcastId = broadcastId;
      if (began) this.#onAirSince = undefined;
      this.#alarms = new Map(); // the server tells a new connection what is wrong
      this.#mark();
    });
    client.on('ack', ({ rttMs }) => {
      this.#ackAt = Date.now();
      this.#rttMs = rttMs;
    });
    client.on('quality', (quality) => {
      this.#quality = quality;
      this.#qualityAt = Date.now();
      if (quality.onAir) this.#onAirSince ??= Date.now();
      this.#mark();
    });
    client.on('notice', (notice) => this.#noticed(notice));
    client.on('state', (state) => {
      if (state === 'reconnecting') this.#reconnects++;
      if (state === 'failed') this.#fail();
    });
    client.on('lost', ({ from, to }) => {
      this.#lost = { from: Math.min(this.#lost?.from ?? from, from), to };
    });
    client.on('error', (problem) => {
      this.#problem = problem;
    });
    client.on('ended', ({ confirmed }) => {
      const onAirMs = this.#onAirSince === undefined ? 0 : Date.now() - this.#onAirSince;
      this.#options.over({ kind: 'ended', confirmed, onAirMs });
    });
  }

  #noticed({ code, level }: IngestNotice): void {
    const alarm = ALARM_NAMES.find((name) => name === code);
    if (alarm !== undefined && level !== undefined) this.#alarms = new Map(this.#alarms).set(alarm, level);
  }

  #fail(): void {
    this.#broadcast.close();
    const { code, message = '' } = this.#problem ?? { code: undefined };
    this.#options.over({ kind: 'failed', code, message });
  }

  #mark(): void {
    if (this.#broadcastId === undefined) return;
    const { station } = this.#options.link;
    const now = Date.now();
    const startedAt = this.#onAirSince ?? now;
    this.#options.mark({ station, broadcastId: this.#broadcastId, startedAt, seenAt: now });
  }
}
