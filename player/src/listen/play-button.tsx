import type { PlaybackState } from '../playback/playback-state.ts';
import { wantsSound } from '../playback/playback-state.ts';
import { Icon, type IconName } from '../ui/index.ts';
import { buttonLabel } from './player-message.ts';

const BUSY: readonly PlaybackState['kind'][] = ['connecting', 'stalled', 'reconnecting'];

/** The biggest thing on the page, always in the same place. A ring turns around it while there should be sound but is none. */
export function PlayButton(props: { state: PlaybackState; onPress: () => void; onIntent: () => void }) {
  const { state, onPress, onIntent } = props;
  const busy = BUSY.includes(state.kind);
  const quiet = state.kind === 'offair' || state.kind === 'ended';
  return (
    <button
      type="button"
      class={`play-button${busy ? ' play-button--busy' : ''}${quiet ? ' play-button--quiet' : ''}`}
      aria-label={buttonLabel(state)}
      title={buttonLabel(state)}
      aria-busy={busy}
      onClick={onPress}
      onPointerEnter={onIntent}
      onFocus={onIntent}
    >
      <Icon name={iconOf(state)} />
      <span class="play-button-ring" aria-hidden="true" />
    </button>
  );
}

function iconOf(state: PlaybackState): IconName {
  if (state.kind === 'error') return 'retry';
  if (state.kind === 'connecting' || state.kind === 'reconnecting') return 'stop';
  return wantsSound(state) ? 'pause' : 'play';
}
