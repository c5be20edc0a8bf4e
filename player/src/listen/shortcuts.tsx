import { useSignal } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { VOLUME_STEP } from '../playback/index.ts';
import { type KeyAction, keyAction } from './keyboard.ts';
import type { ListenModel } from './listen-model.ts';
import { t } from './words.ts';

const STORAGE_KEY = 'awaz-shortcuts';

function recallEnabled(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== 'off';
  } catch {
    return true;
  }
}

function rememberEnabled(enabled: boolean): void {
  try {
    localStorage.setItem(STORAGE_KEY, enabled ? 'on' : 'off');
  } catch {
    // Storage is blocked: the choice holds until the page is left.
  }
}

/** The keys of the page, listed, and the switch that turns them off (WCAG 2.1.4). */
export function Shortcuts({ model }: { model: ListenModel }) {
  const enabled = useSignal(recallEnabled());
  const isOn = enabled.value;
  useLayoutEffect(() => (isOn ? bindKeys(model) : undefined), [model, isOn]);
  const choose = (on: boolean) => {
    enabled.value = on;
    rememberEnabled(on);
  };
  return (
    <details class="fold">
      <summary>{t('keys.title')}</summary>
      <div class="fold-body">
        <label class="check">
          <input type="checkbox" checked={isOn} onChange={(event) => choose(event.currentTarget.checked)} />
          {t('keys.on')}
        </label>
        <dl class="figures">
          <dt>{t('keys.play')}</dt>
          <dd>
            <kbd>{t('keys.space')}</kbd> <kbd>K</kbd>
          </dd>
          <dt>{t('keys.mute')}</dt>
          <dd>
            <kbd>M</kbd>
          </dd>
          <dt>{t('keys.volume')}</dt>
          <dd>
            <kbd>↑</kbd> <kbd>↓</kbd>
          </dd>
        </dl>
      </div>
    </details>
  );
}

function bindKeys(model: ListenModel): () => void {
  const actions: Record<KeyAction, () => void> = {
    toggle: () => model.player.toggle(),
    mute: () => model.toggleMute(),
    louder: () => model.setVolume(model.volume.value.level + VOLUME_STEP),
    quieter: () => model.setVolume(model.volume.value.level - VOLUME_STEP),
  };
  const onKey = (event: KeyboardEvent) => {
    const target = event.target instanceof HTMLElement ? event.target : document.body;
    const action = keyAction({
      key: event.key,
      modified: event.ctrlKey || event.altKey || event.metaKey,
      focus: { tag: target.tagName, editable: target.isContentEditable },
    });
    if (action === undefined || (event.repeat && action === 'toggle')) return;
    event.preventDefault();
    actions[action]();
  };
  addEventListener('keydown', onKey);
  return () => removeEventListener('keydown', onKey);
}
