import type { PlaybackState } from '../playback/index.ts';
import { clock, ListenerPill, Pill } from '../ui/index.ts';
import type { ListenModel } from './listen-model.ts';
import { t } from './words.ts';

/** State words in capsules: on air or not, how far behind, how many listen, since when. */
export function Badges({ model }: { model: ListenModel }) {
  const playback = model.playback.value;
  const figures = model.figures.value;
  if (playback === undefined) return null;
  const { state, onAir } = playback;
  const delay = state.kind === 'live' ? (figures?.latencyMs ?? null) : null;
  return (
    <div class="badges">
      <AirBadge state={state} onAir={onAir} />
      {delay !== null && <Pill>{t('player.badge.delay', { seconds: (delay / 1000).toFixed(1) })}</Pill>}
      {state.kind === 'behind' && figures?.behindSeconds != null && (
        <Pill tone="warn">{t('player.badge.behind', { seconds: Math.max(0, Math.round(figures.behindSeconds)) })}</Pill>
      )}
      <Listeners model={model} onAir={onAir} />
      <OnAirFor model={model} onAir={onAir} />
    </div>
  );
}

function AirBadge({ state, onAir }: { state: PlaybackState; onAir: boolean | null }) {
  if (state.kind === 'ended') return <Pill tone="off">{t('player.badge.ended')}</Pill>;
  if (state.kind === 'interlude') return <Pill tone="warn">{t('player.badge.interlude')}</Pill>;
  if (state.kind === 'offair' || onAir === false) return <Pill tone="off">{t('player.badge.offair')}</Pill>;
  if (onAir === null || state.kind === 'error') return null;
  const dimmed = state.kind === 'stalled' || state.kind === 'reconnecting' || state.kind === 'behind';
  return (
    <Pill tone="live" dimmed={dimmed}>
      {t('player.badge.live')}
    </Pill>
  );
}

function Listeners({ model, onAir }: { model: ListenModel; onAir: boolean | null }) {
  const data = model.data.value;
  const told = model.live.value?.listeners.value ?? (typeof data === 'object' ? data.listeners : null);
  return onAir === true ? <ListenerPill listeners={told} /> : null;
}

function OnAirFor({ model, onAir }: { model: ListenModel; onAir: boolean | null }) {
  const data = model.data.value;
  const startedAt = typeof data === 'object' ? data.startedAt : null;
  if (startedAt === null || onAir !== true) return null;
  const time = clock(model.now.value - startedAt);
  return <Pill>{t('player.badge.on_air_for', { time })}</Pill>;
}
