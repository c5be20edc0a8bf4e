import type { PlaybackFault, PlaybackState } from '../playback/playback-state.ts';
import { t } from './words.ts';

/** A wait for data is named from here on, in ms; before, the ring says enough. */
const BUFFERING_AFTER_MS = 2000;

/** A connect that takes this long is called slow, in ms. */
const SLOW_AFTER_MS = 4000;

/** What a message depends on beside the state. Times in ms since 1970. */
export type MessageContext = {
  now: number;
  since: number;
  station: string;
  /** The page was opened by a listen link. */
  hasLink?: boolean;
};

/** What the listener reads under the controls; empty where the picture says it all. */
export function playerMessage(state: PlaybackState, { now, since, hasLink }: MessageContext): string {
  switch (state.kind) {
    case 'offair':
      return t(state.wanted ? 'player.offair.wanted' : 'player.offair');
    case 'idle':
      return state.tapNeeded ? t('player.tap') : '';
    case 'connecting':
      return now - since >= SLOW_AFTER_MS ? t('player.slow') : '';
    case 'behind':
      return state.paused ? t('player.paused') : '';
    case 'stalled':
      return now - since >= BUFFERING_AFTER_MS ? t('player.buffering') : '';
    case 'reconnecting':
      return outageMessage(state, now);
    case 'interlude':
      return t('player.interlude');
    case 'ended':
      return t(state.wanted ? 'player.ended.wanted' : 'player.ended');
    case 'error':
      return faultMessage(state.fault, hasLink);
    case 'live':
      return '';
  }
}

/** What a screen reader is told when the state changes: no countdown, no figures, so that nothing is said twice. */
export function spokenMessage(state: PlaybackState, context: MessageContext): string {
  if (state.kind === 'live') return t('player.playing', { station: context.station });
  if (state.kind === 'reconnecting' && state.cause === 'network') return t('player.reconnecting.now');
  return playerMessage(state, context);
}

/** The name of the main button. */
export function buttonLabel(state: PlaybackState): string {
  switch (state.kind) {
    case 'offair':
    case 'ended':
      return t(state.wanted ? 'player.wait_no_more' : 'player.play_on_air');
    case 'connecting':
    case 'reconnecting':
      return t('player.cancel');
    case 'error':
      return t('player.try_again');
    case 'behind':
      return t(state.paused ? 'player.play' : 'player.pause');
    case 'idle':
      return t('player.play');
    default:
      return t('player.pause');
  }
}

function faultMessage(fault: PlaybackFault, hasLink = false): string {
  return t(hasLink && fault === 'unknown_station' ? 'player.error.link_over' : `player.error.${fault}`);
}

function outageMessage(state: Extract<PlaybackState, { kind: 'reconnecting' }>, now: number): string {
  if (state.cause === 'capacity') return t('player.capacity');
  const seconds = Math.ceil((state.retryAt - now) / 1000);
  return seconds > 0 ? t('player.reconnecting', { seconds }) : t('player.reconnecting.now');
}
