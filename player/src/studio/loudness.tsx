import type { AirView } from './air-session.ts';
import { t } from './words.ts';

/** How loud the broadcast is by the server's own meter: what listeners hear, not what the microphone gives. */
export function Loudness({ air }: { air: AirView }) {
  const { shortTermLufs = null, integratedLufs = null } = air.quality ?? {};
  return (
    <dl class="loudness">
      <div class="figure">
        <dt>{t('loudness.now')}</dt>
        <dd>{lufs(shortTermLufs)}</dd>
      </div>
      <div class="figure">
        <dt>{t('loudness.show')}</dt>
        <dd>{lufs(integratedLufs)}</dd>
      </div>
    </dl>
  );
}

function lufs(value: number | null): string {
  if (value === null) return t('delivery.none');
  return t('loudness.lufs', { lufs: value.toFixed(1).replace('-', '−') });
}
