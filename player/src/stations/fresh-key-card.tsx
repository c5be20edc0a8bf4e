import { type FreshKey, studioPath } from '@awaz/infra/contract';
import { useEffect, useRef } from 'preact/hooks';
import { Button, CopyButton } from '../ui/index.ts';
import { t } from './words.ts';

/** A key that was made just now, shown this once. */
export function FreshKeyCard(props: { station: string; fresh: FreshKey; onDone: () => void }) {
  const { station, fresh, onDone } = props;
  const card = useRef<HTMLElement>(null);
  useEffect(() => card.current?.focus(), []);
  return (
    <section class="fresh-key" aria-label={t('keys.fresh')} tabIndex={-1} ref={card}>
      <h3>{t('keys.fresh')}</h3>
      <p class="muted small">{t('keys.fresh.hint')}</p>
      <p class="address" dir="ltr">
        <code>{fresh.key}</code>
      </p>
      <div class="actions">
        <CopyButton label={t('keys.fresh.copy')} text={() => fresh.key} />
        <CopyButton
          label={t('keys.fresh.link')}
          text={() => new URL(studioPath(station, fresh.key), location.origin).href}
        />
        <Button kind="quiet" onClick={onDone}>
          {t('keys.fresh.done')}
        </Button>
      </div>
    </section>
  );
}
