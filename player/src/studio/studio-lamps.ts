import type { LampState } from '../ui/index.ts';
import type { AirView } from './air-session.ts';
import type { MicrophoneState } from './microphone.ts';

/** An acknowledgement older than this says nothing about now, in ms. */
const ACK_FRESH_MS = 3000;

/** What the lamps are told by. */
export type LampFacts = { microphone: MicrophoneState; hasSignal: boolean; air: AirView };

/** A lamp and the key of the words that say the same. */
export type LampReading<Detail extends string> = { state: LampState; detail: Detail };

/** Words below the lamps. */
export type MicDetail = 'off' | 'asking' | 'signal' | 'no_signal' | 'muted' | 'lost';
export type ServerDetail = 'off' | 'connecting' | 'stored' | 'reconnecting' | 'ending' | 'waiting';
export type ListenersDetail = 'off' | 'waiting' | 'on_air' | 'filler';

/** The three links of the chain, each by its own measurement. */
export type Lamps = {
  mic: LampReading<MicDetail>;
  server: LampReading<ServerDetail>;
  listeners: LampReading<ListenersDetail>;
};

/** What each lamp shows. */
export function lampsOf(facts: LampFacts): Lamps {
  return { mic: micLamp(facts), server: serverLamp(facts.air), listeners: listenersLamp(facts.air) };
}

/** Whether listeners hear the microphone: all three lamps are on. */
export function isOnAir({ mic, server, listeners }: Lamps): boolean {
  return [mic, server, listeners].every((lamp) => lamp.state === 'on');
}

function micLamp({ microphone, hasSignal }: LampFacts): LampReading<MicDetail> {
  if (microphone.kind === 'asking') return { state: 'waiting', detail: 'asking' };
  if (microphone.kind === 'lost') return { state: 'bad', detail: 'lost' };
  if (microphone.kind !== 'open') return { state: 'off', detail: 'off' };
  if (microphone.isMuted) return { state: 'bad', detail: 'muted' };
  return hasSignal ? { state: 'on', detail: 'signal' } : { state: 'waiting', detail: 'no_signal' };
}

function serverLamp({ state, ackAgeMs }: AirView): LampReading<ServerDetail> {
  switch (state) {
    case 'connecting':
      return { state: 'waiting', detail: 'connecting' };
    case 'reconnecting':
      return { state: 'bad', detail: 'reconnecting' };
    case 'ending':
      return { state: 'waiting', detail: 'ending' };
    case 'open':
      return (ackAgeMs ?? Number.POSITIVE_INFINITY) < ACK_FRESH_MS
        ? { state: 'on', detail: 'stored' }
        : { state: 'waiting', detail: 'waiting' };
    default:
      return { state: 'off', detail: 'off' };
  }
}

function listenersLamp({ state, isOnAir: isHeard, onAirSince }: AirView): LampReading<ListenersDetail> {
  if (state === 'idle' || state === 'ended' || state === 'failed') return { state: 'off', detail: 'off' };
  if (isHeard) return { state: 'on', detail: 'on_air' };
  return { state: 'waiting', detail: onAirSince === undefined ? 'waiting' : 'filler' };
}
