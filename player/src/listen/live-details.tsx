import { CopyButton } from '../ui/index.ts';
import type { ListenModel } from './listen-model.ts';
import { t } from './words.ts';

const seconds = (ms: number | null) =>
  ms === null ? t('details.unknown') : t('details.seconds', { seconds: (ms / 1000).toFixed(2) });

/** Figures of the running playback, for the curious and for support. */
export function LiveDetails({ model }: { model: ListenModel }) {
  const figures = model.figures.value;
  if (figures === undefined) return null;
  const { stalls, stalledMs, kbps } = figures;
  const rows: [string, string][] = [
    [t('details.delay'), seconds(figures.latencyMs)],
    [t('details.buffer'), seconds(figures.bufferMs)],
    [t('details.quality'), kbps === null ? t('details.unknown') : t('details.kbps', { kbps })],
    [t('details.stalls'), t('details.stalls.value', { count: stalls, seconds: (stalledMs / 1000).toFixed(1) })],
    [t('details.speed'), `× ${figures.rate.toFixed(2)}`],
    [t('details.engine'), figures.engine],
  ];
  return (
    <details class="fold">
      <summary>{t('details.title')}</summary>
      <div class="fold-body">
        <dl class="figures">
          {rows.map(([name, value]) => [<dt key={name}>{name}</dt>, <dd key={`${name} value`}>{value}</dd>])}
        </dl>
        <CopyButton label={t('details.copy')} text={() => JSON.stringify(model.player.snapshot(), null, 2)} />
      </div>
    </details>
  );
}
