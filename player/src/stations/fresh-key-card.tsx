import { type FreshKey, studioPath } from '@awaz/infra/contract';
import { CopyButton } from '../ui/index.ts';
import { FreshSecret } from './fresh-secret.tsx';
import { t } from './words.ts';

/** A key that was made just now, shown this once. */
export function FreshKeyCard({ station, fresh, onDone }: { station: string; fresh: FreshKey; onDone: () => void }) {
  const link = () => new URL(studioPath(station, fresh.key), location.origin).href;
  return (
    <FreshSecret
      title={t('keys.fresh')}
      hint={t('keys.fresh.hint')}
      secret={fresh.key}
      done={t('keys.fresh.done')}
      onDone={onDone}
    >
      <CopyButton label={t('keys.fresh.copy')} text={() => fresh.key} />
      <CopyButton label={t('keys.fresh.link')} text={link} />
    </FreshSecret>
  );
}
