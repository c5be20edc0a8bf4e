/** What a player cannot recover from by itself; each has its words in the listener page. */
export type PlaybackFault = 'codec_unsupported' | 'geo_or_private' | 'insecure_blocked' | 'unknown_station';

/** Why a player is waiting before it tries again. */
export type OutageCause = 'network' | 'capacity';

/**
 * Where a player is. `wanted`: start by itself when the station is on air again. `attempt` counts tries since sound was
 * last heard. `retryAt` is in ms since 1970.
 */
export type PlaybackState =
  | { kind: 'offair'; wanted: boolean }
  | { kind: 'idle'; tapNeeded: boolean }
  | { kind: 'connecting'; attempt: number }
  | { kind: 'live' }
  | { kind: 'behind'; paused: boolean }
  | { kind: 'stalled' }
  | { kind: 'reconnecting'; attempt: number; retryAt: number; cause: OutageCause }
  | { kind: 'interlude' }
  | { kind: 'ended'; wanted: boolean }
  | { kind: 'error'; fault: PlaybackFault };

/** What happens to a player, from the listener (`play`, `pause`, `retry`), the network, the engine and the station. */
export type PlaybackEvent =
  | { type: 'play' }
  | { type: 'pause' }
  | { type: 'released' }
  | { type: 'air'; onAir: boolean }
  | { type: 'playing' }
  | { type: 'stalled' }
  | { type: 'latency'; behindSeconds: number; following: boolean }
  | { type: 'outage'; retryAt: number; cause: OutageCause }
  | { type: 'retry' }
  | { type: 'online' }
  | { type: 'stream_ended' }
  | { type: 'autoplay_blocked' }
  | { type: 'failed'; fault: PlaybackFault }
  | { type: 'admitted' }
  | { type: 'source_lost' }
  | { type: 'source_back' };

/** Where every player begins: not playing, and nothing known of the station. */
export const INITIAL_STATE: PlaybackState = { kind: 'idle', tapNeeded: false };

/** A listener who stays behind by choice is `behind` from here on, in seconds; below, playback counts as live. */
export const LIVE_WITHIN_SECONDS = 3;

/** Even a listener who did not choose so is `behind` from here on, in seconds. */
export const BEHIND_FROM_SECONDS = 10;

type Kind = PlaybackState['kind'];
type StateOf<K extends Kind> = Extract<PlaybackState, { kind: K }>;
type EventOf<T extends PlaybackEvent['type']> = Extract<PlaybackEvent, { type: T }>;
type Row<T extends PlaybackEvent['type']> = {
  [K in Kind]?: (state: StateOf<K>, event: EventOf<T>) => PlaybackState;
};

const to = (state: PlaybackState) => () => state;
const toIdle = to(INITIAL_STATE);
const toLive = to({ kind: 'live' });
const toPaused = to({ kind: 'behind', paused: true });
const toStalled = to({ kind: 'stalled' });
const toInterlude = to({ kind: 'interlude' });
const toEnded = to({ kind: 'ended', wanted: true });
const toFirstTry = to({ kind: 'connecting', attempt: 0 });
const toTapNeeded = to({ kind: 'idle', tapNeeded: true });

const waitForAir = (state: { wanted: boolean }, event: EventOf<'air'>): PlaybackState => {
  if (!event.onAir) return state as PlaybackState;
  return state.wanted ? toFirstTry() : toIdle();
};
const airIsOff = (state: PlaybackState, event: EventOf<'air'>): PlaybackState =>
  event.onAir ? state : { kind: 'offair', wanted: state.kind !== 'idle' };
const retryLater = (attempt: number, event: EventOf<'outage'>): PlaybackState => ({
  kind: 'reconnecting',
  attempt,
  retryAt: event.retryAt,
  cause: event.cause,
});
const firstOutage = (_: PlaybackState, event: EventOf<'outage'>) => retryLater(1, event);
const toError = (_: PlaybackState, event: EventOf<'failed'>): PlaybackState => ({ kind: 'error', fault: event.fault });

/** All transitions; what is not listed changes nothing. */
const TRANSITIONS: { [T in PlaybackEvent['type']]: Row<T> } = {
  play: {
    idle: toFirstTry,
    error: toFirstTry,
    reconnecting: (state) => ({ kind: 'connecting', attempt: state.attempt }),
    behind: to({ kind: 'behind', paused: false }),
    offair: to({ kind: 'offair', wanted: true }),
    ended: toEnded,
  },
  pause: {
    connecting: toIdle,
    reconnecting: toIdle,
    live: toPaused,
    behind: toPaused,
    stalled: toPaused,
    interlude: toPaused,
    offair: to({ kind: 'offair', wanted: false }),
    ended: to({ kind: 'ended', wanted: false }),
  },
  released: { behind: (state) => (state.paused ? INITIAL_STATE : state) },
  air: { idle: airIsOff, connecting: airIsOff, reconnecting: airIsOff, offair: waitForAir, ended: waitForAir },
  playing: { connecting: toLive, stalled: toLive },
  stalled: { live: toStalled, interlude: toStalled, behind: (state) => (state.paused ? state : { kind: 'stalled' }) },
  latency: {
    live: (state, event) => {
      const limit = event.following ? BEHIND_FROM_SECONDS : LIVE_WITHIN_SECONDS;
      return event.behindSeconds > limit ? { kind: 'behind', paused: false } : state;
    },
    behind: (state, event) => (!state.paused && event.behindSeconds <= LIVE_WITHIN_SECONDS ? { kind: 'live' } : state),
  },
  outage: {
    connecting: (state, event) => retryLater(state.attempt + 1, event),
    live: firstOutage,
    stalled: firstOutage,
    interlude: firstOutage,
    behind: (state, event) => (state.paused ? INITIAL_STATE : retryLater(1, event)),
  },
  retry: { reconnecting: (state) => ({ kind: 'connecting', attempt: state.attempt }) },
  online: { reconnecting: toFirstTry },
  stream_ended: {
    connecting: toEnded,
    live: toEnded,
    stalled: toEnded,
    interlude: toEnded,
    behind: (state) => ({ kind: 'ended', wanted: !state.paused }),
  },
  autoplay_blocked: { connecting: toTapNeeded, live: toTapNeeded, stalled: toTapNeeded, behind: toTapNeeded },
  failed: {
    idle: toError,
    offair: toError,
    ended: toError,
    connecting: toError,
    reconnecting: toError,
    live: toError,
    stalled: toError,
    behind: toError,
    interlude: toError,
  },
  admitted: { error: (state) => (state.fault === 'unknown_station' ? INITIAL_STATE : state) },
  source_lost: { live: toInterlude, stalled: toInterlude },
  source_back: { interlude: toLive },
};

/** The state after an event; the same object when nothing changes. */
export function transition(state: PlaybackState, event: PlaybackEvent): PlaybackState {
  const row = TRANSITIONS[event.type] as Record<
    Kind,
    ((state: PlaybackState, event: PlaybackEvent) => PlaybackState) | undefined
  >;
  return row[state.kind]?.(state, event) ?? state;
}

/** Whether an engine has to be open in this state: all others hold neither network nor media pipeline. */
export function needsEngine(state: PlaybackState): boolean {
  return ['connecting', 'live', 'behind', 'stalled', 'interlude'].includes(state.kind);
}

/** Whether the station has to be asked from time to time if it is on air. */
export function watchesAir(state: PlaybackState): boolean {
  return state.kind === 'idle' || state.kind === 'offair' || state.kind === 'ended';
}

/** Whether the listener wants sound: what the main button undoes when it is pressed. */
export function wantsSound(state: PlaybackState): boolean {
  if (state.kind === 'offair' || state.kind === 'ended') return state.wanted;
  if (state.kind === 'behind') return !state.paused;
  return state.kind !== 'idle' && state.kind !== 'error';
}
