/** What may be wrong with a stream while it is on air; the codes of the notices that its owner gets. */
export const ALARM_NAMES = ['silence_on_air', 'clipping', 'too_quiet', 'upload_slow', 'disk_full'] as const;

/** Name of an alarm; see {@link ALARM_NAMES}. */
export type AlarmName = (typeof ALARM_NAMES)[number];

/** How bad it is. Only silence knows `alarm`; `off`: it is over. */
export type AlarmLevel = 'off' | 'warn' | 'alarm';

/** An alarm that began, got worse or ended. Each change is told once, whatever process notices it. */
export type StreamAlarm = {
  broadcastId: string;
  alarm: AlarmName;
  level: AlarmLevel;
  /** Since when it is so, ms since 1970; of one that ended, since when it was. */
  since: number;
  /** When the change was noticed, ms since 1970. */
  at: number;
};

/** The words of an alarm for people: what happened, and what to do. */
export function alarmText(alarm: AlarmName, level: AlarmLevel): string {
  return TEXTS[alarm][level] ?? TEXTS[alarm].warn;
}

const TEXTS: Record<AlarmName, Partial<Record<AlarmLevel, string>> & { warn: string }> = {
  silence_on_air: {
    warn: 'Silence on air for 15 s. Is the microphone on, and is the right source chosen?',
    alarm: 'Silence on air for a minute. Listeners hear nothing.',
    off: 'Listeners hear you again.',
  },
  clipping: {
    warn: 'Too loud: distortion. Turn the gain down.',
    off: 'The distortion is over.',
  },
  too_quiet: {
    warn: 'You are quiet. Move closer or raise the gain.',
    off: 'You are loud enough again.',
  },
  upload_slow: {
    warn: 'The upload is too slow: your audio arrives late. Lower the bitrate or use another network.',
    off: 'The upload keeps up again.',
  },
  disk_full: {
    warn: 'The recording stands still: there is no space for it. You stay on air.',
    off: 'The recording goes on. What did not fit is missing from it.',
  },
};
