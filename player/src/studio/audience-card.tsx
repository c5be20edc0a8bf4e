import { Card } from '../ui/index.ts';
import type { OwnerDesk } from './owner-desk.ts';
import { t } from './words.ts';

const numbers = new Intl.NumberFormat('en');

/** Who listens, and how well. */
export function AudienceCard({ desk }: { desk: OwnerDesk }) {
  const listeners = desk.listeners.value;
  const figures = desk.quality.value?.listeners;
  const stalls = figures?.stallRatio ?? null;
  return (
    <Card label={t('audience.title')}>
      <div class="stack">
        <h2>{t('audience.title')}</h2>
        <dl class="delivery-figures">
          <Figure name={t('audience.now')} value={listeners && count(listeners.count, listeners.exact)} />
          <Figure name={t('audience.peak')} value={listeners && count(listeners.peak, listeners.exact)} />
          <Figure name={t('audience.likes')} value={numbers.format(desk.live.likes.count.value)} />
          <Figure name={t('audience.delay')} value={seconds(figures?.latencyMs.p50)} />
          <Figure name={t('audience.delay95')} value={seconds(figures?.latencyMs.p95)} />
          <Figure
            name={t('audience.stalls')}
            value={stalls === null ? undefined : t('audience.percent', { percent: (stalls * 100).toFixed(1) })}
          />
        </dl>
      </div>
    </Card>
  );
}

function Figure({ name, value }: { name: string; value: string | undefined }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value ?? t('delivery.none')}</dd>
    </div>
  );
}

function count(value: number, isExact: boolean): string {
  return isExact ? numbers.format(value) : t('audience.least', { count: value });
}

function seconds(ms: number | null | undefined): string | undefined {
  return typeof ms === 'number' ? t('delivery.seconds', { seconds: (ms / 1000).toFixed(2) }) : undefined;
}
