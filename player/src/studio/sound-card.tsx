import { Card, Choices, Select } from '../ui/index.ts';
import { Loudness } from './loudness.tsx';
import { Meter } from './meter.tsx';
import { PRESETS, type SoundPreset } from './sound-preset.ts';
import type { StudioModel } from './studio-model.ts';
import { t } from './words.ts';

/** Microphone, preset and level. */
export function SoundCard({ model }: { model: StudioModel }) {
  const { kind } = model.microphone.value;
  const isClosed = kind === 'closed' || (kind === 'asking' && model.devices.value.length === 0);
  return (
    <Card label={t('sound.title')}>
      <div class="stack">
        <h2>{t('sound.title')}</h2>
        <Meter ballistics={model.ballistics} />
        {model.isLive.value && <Loudness air={model.air.value} />}
        {!isClosed && <MicrophoneChoice model={model} />}
        <PresetChoice model={model} />
      </div>
    </Card>
  );
}

function MicrophoneChoice({ model }: { model: StudioModel }) {
  const microphone = model.microphone.value;
  const options = model.devices.value.map(({ deviceId, label }, index) => ({
    value: deviceId,
    label: label || t('sound.microphone.unnamed', { number: index + 1 }),
  }));
  const chosen = microphone.kind === 'open' ? microphone.device.deviceId : (model.sound.value.deviceId ?? '');
  const isListed = options.some((option) => option.value === chosen);
  const ignored = microphone.kind === 'open' ? microphone.ignored : [];
  const names = ignored.map((name) => t(`sound.ignored.${name}`)).join(', ');
  return (
    <Select
      label={t('sound.microphone')}
      options={isListed ? options : [{ value: chosen, label: t('sound.microphone.default') }, ...options]}
      value={chosen}
      onChoose={(deviceId) => void model.chooseDevice(deviceId)}
      hint={ignored.length === 0 ? undefined : t('sound.ignored', { names })}
    />
  );
}

function PresetChoice({ model }: { model: StudioModel }) {
  const isLocked = model.isLive.value;
  return (
    <Choices
      legend={t('sound.preset')}
      name="preset"
      choices={(Object.keys(PRESETS) as SoundPreset[]).map((value) => ({
        value,
        name: t(`sound.preset.${value}`),
        hint: t(`sound.preset.${value}.hint`),
      }))}
      value={model.sound.value.preset}
      onChoose={(preset) => void model.choosePreset(preset)}
      disabled={isLocked}
      note={isLocked ? t('sound.preset.locked') : undefined}
    />
  );
}
