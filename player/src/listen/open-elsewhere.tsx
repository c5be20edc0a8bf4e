import { multivariantPath } from '@awaz/infra/contract';
import { CopyButton } from '../ui/index.ts';
import { t } from './words.ts';

/** The one URL that other players need. */
export function OpenElsewhere({ station }: { station: string }) {
  const url = new URL(multivariantPath(station), location.origin).href;
  return (
    <details class="fold">
      <summary>{t('open.title')}</summary>
      <div class="fold-body">
        <p class="fold-hint">{t('open.hint')}</p>
        <p class="address" dir="ltr">
          <a href={url}>{url}</a>
        </p>
        <CopyButton label={t('open.copy')} text={() => url} />
      </div>
    </details>
  );
}
