import { canSetVolume } from '../playback/index.ts';
import { Button } from '../ui/index.ts';
import type { ListenModel } from './listen-model.ts';
import { t } from './words.ts';

const settable = canSetVolume();

/** Mute and a native slider; on devices that keep the volume to their buttons, the hint to use those. */
export function VolumeControl({ model }: { model: ListenModel }) {
  const { level, muted } = model.volume.value;
  const silent = muted || level === 0;
  const percent = Math.round((muted ? 0 : level) * 100);
  return (
    <div class="volume">
      <Button
        kind="quiet"
        icon={silent ? 'muted' : 'volume'}
        aria-label={t(muted ? 'volume.unmute' : 'volume.mute')}
        aria-pressed={muted}
        onClick={model.toggleMute}
      />
      {settable ? (
        <input
          class="range"
          type="range"
          min={0}
          max={100}
          step={5}
          value={percent}
          style={{ '--fill': `${percent}%` }}
          aria-label={t('volume.label')}
          aria-valuetext={t('volume.value', { percent })}
          onInput={(event) => model.setVolume(event.currentTarget.valueAsNumber / 100)}
        />
      ) : (
        <span class="volume-hint">{t('volume.hardware')}</span>
      )}
    </div>
  );
}
