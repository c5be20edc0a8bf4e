import { Card, clock } from '../ui/index.ts';
import type { AirView } from './air-session.ts';
import type { BroadcastSound } from './broadcast.ts';
import type { StudioModel } from './studio-model.ts';
import { t } from './words.ts';

/** More than this waiting means that the connection does not keep up, in ms. */
const WAITING_BAD_MS = 2000;

/** What has arrived, by the server's own word. */
export function DeliveryCard({ model }: { model: StudioModel }) {
  return (
    <Card label={t('delivery.title')}>
      <div class="stack">
        <h2>{t('delivery.title')}</h2>
        {model.isLive.value ? <Figures air={model.air.value} /> : <p class="muted small">{t('delivery.empty')}</p>}
      </div>
    </Card>
  );
}

function Figures({ air }: { air: AirView }) {
  const { quality, rttMs } = air;
  const kbps = quality && t('delivery.kbps', { kbps: Math.round(quality.kbps) });
  return (
    <dl class="delivery-figures">
      <Figure name={t('delivery.stored')} value={clock(air.ackedMs)} />
      <Figure name={t('delivery.waiting')} value={secondsText(air.unackedMs)} isBad={air.unackedMs > WAITING_BAD_MS} />
      <Figure name={t('delivery.sent')} value={bytesText(air.ackedBytes)} />
      <Figure name={t('delivery.bitrate')} value={kbps} />
      <Figure
        name={t('delivery.rtt')}
        value={rttMs === undefined ? undefined : t('delivery.ms', { ms: Math.round(rttMs) })}
      />
      <Figure name={t('delivery.reconnects')} value={String(air.reconnects)} />
      {air.lostMs > 0 && <Figure name={t('delivery.lost')} value={lostText(air)} isBad />}
      {air.sound && <Figure name={t('delivery.encoder')} value={soundText(air.sound)} />}
    </dl>
  );
}

function Figure({ name, value, isBad = false }: { name: string; value: string | undefined; isBad?: boolean }) {
  return (
    <div class={isBad ? 'figure figure--bad' : 'figure'}>
      <dt>{name}</dt>
      <dd>{value ?? t('delivery.none')}</dd>
    </div>
  );
}

function lostText({ lostMs, lost }: AirView): string {
  if (lost === undefined) return secondsText(lostMs);
  const at = (time: number) => new Date(time).toLocaleTimeString();
  return t('delivery.lost.span', { seconds: (lostMs / 1000).toFixed(1), from: at(lost.from), to: at(lost.to) });
}

function soundText({ kind, bitsPerSecond, fallbackReason }: BroadcastSound): string {
  const kbps = Math.round(bitsPerSecond / 1000);
  if (kind === 'recorder' && fallbackReason !== undefined) {
    return t('delivery.encoder.fallback', { kbps, why: fallbackReason });
  }
  return t(`delivery.encoder.${kind}`, { kbps });
}

function bytesText(bytes: number): string {
  return bytes < 1e6 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function secondsText(ms: number): string {
  return t('delivery.seconds', { seconds: (ms / 1000).toFixed(1) });
}
