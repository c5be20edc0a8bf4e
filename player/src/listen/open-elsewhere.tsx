import { multivariantPath, privateMultivariantPath } from '@awaz/infra/contract';
import { CopyButton } from '../ui/index.ts';
import { t } from './words.ts';

/** The one URL that other players need; of a private station with the token that this page was opened with. */
export function OpenElsewhere({ station, token }: { station: string; token: string | undefined }) {
  const path = token === undefined ? multivariantPath(station) : privateMultivariantPath(station, token);
  const url = new URL(path, location.origin).href;
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
