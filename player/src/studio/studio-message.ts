import type { ErrorCode } from '@awaz/infra/contract';
import { MAX_UNACKED_MS } from '../ingest-client/index.ts';
import type { BannerTone } from '../ui/index.ts';
import type { AirView, Outcome } from './air-session.ts';
import type { MicrophoneState } from './microphone.ts';
import type { StudioAlarm } from './studio-alarm.ts';
import { t } from './words.ts';

/** What a message offers to press. */
export type MessageAction = 'go_live' | 'take_over' | 'resume' | 'open_microphone' | 'other_key';

/** The one message of the studio: what happened, what we are doing, what you can do. */
export type StudioMessage = {
  tone: BannerTone;
  title: string;
  body?: string;
  action?: MessageAction;
  /** A stable code, not for the face of the page. */
  code?: string | undefined;
};

/** Everything that messages are told by. */
export type MessageFacts = {
  isOnline: boolean;
  microphone: MicrophoneState;
  alarm: StudioAlarm | undefined;
  air: AirView;
  /** How long the present state of the connection lasts, in ms. */
  airStateMs: number;
  outcome: Outcome | undefined;
  isResumable: boolean;
};

/** Trouble with connecting is not worth a word before this, in ms. */
const PATIENCE_MS = 3000;

/** The most urgent message; undefined when all is well. */
export function studioMessage(facts: MessageFacts): StudioMessage | undefined {
  const { air } = facts;
  const isLive = air.state !== 'idle' && air.state !== 'ended' && air.state !== 'failed';
  if (isLive)
    return connectionMessage(facts) ?? liveMicrophoneMessage(facts) ?? alarmMessage(facts.alarm) ?? uplinkMessage(air);
  return (
    environmentMessage(facts) ??
    resumeMessage(facts) ??
    outcomeMessage(facts.outcome) ??
    microphoneMessage(facts.microphone) ??
    alarmMessage(facts.alarm)
  );
}

function connectionMessage({ air, airStateMs }: MessageFacts): StudioMessage | undefined {
  if (air.state === 'connecting' && airStateMs > PATIENCE_MS) {
    return { tone: 'warn', title: t('air.unreachable'), body: t('air.unreachable.body') };
  }
  if (air.state !== 'reconnecting') return undefined;
  const seconds = Math.floor(air.unackedMs / 1000);
  if (air.unackedMs >= MAX_UNACKED_MS - 1000) {
    return { tone: 'danger', title: t('air.lost.full'), body: t('air.lost.full.body') };
  }
  return { tone: 'warn', title: t('air.lost', { seconds }), body: t('air.lost.body') };
}

function uplinkMessage({ sound }: AirView): StudioMessage | undefined {
  if (sound === undefined || sound.bitsPerSecond >= sound.wishedBitsPerSecond) return undefined;
  const wished = Math.round(sound.wishedBitsPerSecond / 1000);
  const used = Math.round(sound.bitsPerSecond / 1000);
  return { tone: 'warn', title: t('air.slow', { wished, used }), body: t('air.slow.body') };
}

function liveMicrophoneMessage({ microphone }: MessageFacts): StudioMessage | undefined {
  if (microphone.kind === 'lost') {
    const title = t('mic.lost', { device: microphone.label || t('mic.unnamed') });
    return { tone: 'danger', title, body: t('mic.lost.body'), action: 'open_microphone' };
  }
  return microphoneMessage(microphone);
}

function environmentMessage({ microphone, isOnline }: MessageFacts): StudioMessage | undefined {
  const isHopeless = microphone.kind === 'failed' && ['insecure', 'browser_unsupported'].includes(microphone.fault);
  if (isHopeless) return microphoneMessage(microphone);
  return isOnline ? undefined : { tone: 'warn', title: t('air.offline'), body: t('air.offline.body') };
}

function resumeMessage({ isResumable }: MessageFacts): StudioMessage | undefined {
  return isResumable
    ? { tone: 'info', title: t('air.resume'), body: t('air.resume.body'), action: 'resume' }
    : undefined;
}

function microphoneMessage(microphone: MicrophoneState): StudioMessage | undefined {
  if (microphone.kind === 'open') {
    return microphone.isMuted ? { tone: 'warn', title: t('mic.muted'), body: t('mic.muted.body') } : undefined;
  }
  if (microphone.kind === 'lost') {
    const title = t('mic.gone', { device: microphone.label || t('mic.unnamed') });
    return { tone: 'warn', title, body: t('mic.gone.body'), action: 'open_microphone' };
  }
  if (microphone.kind !== 'failed') return undefined;
  const { fault } = microphone;
  const device = microphone.label || t('mic.unnamed');
  const title = fault === 'mic_busy' ? t('mic.busy', { device }) : t(`fault.${fault}`);
  const canRetry = fault === 'mic_busy' || fault === 'mic_denied_os';
  return {
    tone: 'danger',
    title,
    body: t(`fault.${fault}.body`),
    code: fault,
    ...(canRetry ? { action: 'open_microphone' as const } : {}),
  };
}

function alarmMessage(alarm: StudioAlarm | undefined): StudioMessage | undefined {
  if (alarm === undefined) return undefined;
  return {
    tone: alarm === 'silence_alarm' ? 'danger' : 'warn',
    title: t(`alarm.${alarm}`),
    body: t(`alarm.${alarm}.body`),
  };
}

const REFUSAL_ACTIONS: Partial<Record<ErrorCode, MessageAction>> = {
  station_busy: 'take_over',
  replaced: 'take_over',
  bad_key: 'other_key',
  key_revoked: 'other_key',
  unknown_station: 'other_key',
  resume_refused: 'go_live',
  server_full: 'go_live',
};

function outcomeMessage(outcome: Outcome | undefined): StudioMessage | undefined {
  if (outcome === undefined) return undefined;
  if (outcome.kind === 'ended') {
    return outcome.confirmed
      ? { tone: 'ok', title: t('air.ended'), body: t('air.ended.body') }
      : { tone: 'warn', title: t('air.ended.unconfirmed'), body: t('air.ended.unconfirmed.body') };
  }
  const { code, message } = outcome;
  const action = code && REFUSAL_ACTIONS[code];
  const tone = code === 'station_busy' || code === 'server_full' ? 'warn' : 'danger';
  const own = code !== undefined && code in OWN_WORDS ? OWN_WORDS[code as keyof typeof OWN_WORDS]() : undefined;
  const words = own ?? { title: t('refused'), body: message };
  return { tone, ...words, code, ...(action === undefined ? {} : { action }) };
}

const OWN_WORDS = {
  station_busy: () => ({ title: t('refused.station_busy'), body: t('refused.station_busy.body') }),
  replaced: () => ({ title: t('refused.replaced'), body: t('refused.replaced.body') }),
  bad_key: () => ({ title: t('refused.bad_key'), body: t('refused.bad_key.body') }),
  key_revoked: () => ({ title: t('refused.key_revoked'), body: t('refused.key_revoked.body') }),
  unknown_station: () => ({ title: t('refused.unknown_station'), body: t('refused.unknown_station.body') }),
  resume_refused: () => ({ title: t('refused.resume_refused'), body: t('refused.resume_refused.body') }),
  forbidden: () => ({ title: t('refused.forbidden'), body: t('refused.forbidden.body') }),
  unauthenticated: () => ({ title: t('refused.unauthenticated'), body: t('refused.unauthenticated.body') }),
  server_full: () => ({ title: t('refused.server_full'), body: t('refused.server_full.body') }),
  stopped_by_admin: () => ({ title: t('refused.stopped_by_admin'), body: t('refused.stopped_by_admin.body') }),
} satisfies Partial<Record<ErrorCode, () => { title: string; body: string }>>;
