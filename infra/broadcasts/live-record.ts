import type { Cut, EndReason, LateAudio, Rung } from '../contract/index.ts';

/** A broadcast as Redis knows it: the station's `live` hash. */
export type LiveRecord = {
  /** Station slug. */
  station: string;
  /** Id of the broadcast; in its media URLs. */
  broadcastId: string;
  /** `live` from the first hello to the end; `ended` for as long as the media stays. */
  state: 'live' | 'ended';
  /** Server time of the start, ms since 1970. */
  startedAt: number;
  /** Why it is about to end: the end marker is in the chunk log, the worker still flushes. */
  ending?: EndReason;
  /** Whether a part with the broadcast's own audio has been published. */
  onAir: boolean;
  /** Server time of the end. */
  endedAt?: number;
  /** Why it ended. */
  reason?: EndReason;
  /** Renditions, in rising bitrate. */
  ladder: Rung[];
  /** How parts and segments are cut. */
  cut: Cut;
  /** Whether playlists list parts; chosen by the station's profile when the broadcast began. */
  lowLatency: boolean;
  /** Whether peaks are limited before they are encoded. */
  limiter: boolean;
  /** What becomes of audio that comes after its place was filled; chosen by the station when the broadcast began. */
  lateAudio: LateAudio;
  /** Index in the ladder of the rendition that is recorded; absent when the broadcast is not. */
  recordedRung?: number | undefined;
  /** Id of the stream key or account that opened it. */
  openedBy: string;
};

type Facts = Pick<LiveRecord, 'ladder' | 'cut' | 'lowLatency' | 'limiter' | 'lateAudio' | 'recordedRung'>;

/** Broadcasts that began before there were profiles all have parts; before there was a limiter, they have none. */
const WHAT_OLD_RECORDS_LEAVE_OUT = { lowLatency: true, limiter: false, lateAudio: 'drop' } as const;

/** Redis hash fields of a new record; {@link parseLiveRecord} reads them, and what is added to them later. */
export function liveRecordFields(record: LiveRecord): Record<string, string> {
  const {
    station,
    broadcastId,
    state,
    startedAt,
    ladder,
    cut,
    lowLatency,
    limiter,
    lateAudio,
    recordedRung,
    openedBy,
  } = record;
  return {
    station,
    broadcastId,
    state,
    startedAt: String(startedAt),
    openedBy,
    facts: JSON.stringify({ ladder, cut, lowLatency, limiter, lateAudio, recordedRung }),
  };
}

/** Reads the hash; undefined when there is none. */
export function parseLiveRecord(hash: Record<string, string>): LiveRecord | undefined {
  const { station, broadcastId, state, startedAt, ending, endedAt, reason, openedBy, facts } = hash;
  if (station === undefined || broadcastId === undefined || facts === undefined) return undefined;
  const { ladder, cut, lowLatency, limiter, lateAudio, recordedRung }: Facts = {
    ...WHAT_OLD_RECORDS_LEAVE_OUT,
    ...(JSON.parse(facts) as Facts),
  };
  return {
    station,
    broadcastId,
    state: state === 'live' ? 'live' : 'ended',
    startedAt: Number(startedAt),
    onAir: hash.onAir === '1',
    ...(ending === undefined ? {} : { ending: ending as EndReason }),
    ...(endedAt === undefined ? {} : { endedAt: Number(endedAt) }),
    ...(reason === undefined ? {} : { reason: reason as EndReason }),
    ladder,
    cut,
    lowLatency,
    limiter,
    lateAudio,
    ...(recordedRung === undefined ? {} : { recordedRung }),
    openedBy: openedBy ?? '',
  };
}
