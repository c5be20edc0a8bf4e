import { listenPath, multivariantPath } from '@awaz/infra/contract';
import { Card, CopyButton } from '../ui/index.ts';
import { t } from './words.ts';

/** What the host gives to listeners. A private station opens to its people only; others need a listen link. */
export function ListenerCard(props: { station: string; server: string; isPrivate: boolean }) {
  const { station, server, isPrivate } = props;
  const page = new URL(listenPath(station), server).href;
  const playlist = new URL(multivariantPath(station), server).href;
  return (
    <Card label={t('listeners.title')}>
      <div class="stack">
        <div>
          <h2>{t('listeners.title')}</h2>
          <p class="muted small">{t(isPrivate ? 'listeners.hint.private' : 'listeners.hint')}</p>
        </div>
        <div class="addresses">
          <Address url={page} />
          <CopyButton label={t('listeners.copy')} text={() => page} />
        </div>
        {!isPrivate && (
          <details class="elsewhere">
            <summary>{t('listeners.others')}</summary>
            <div class="addresses">
              <Address url={playlist} />
              <CopyButton label={t('listeners.others.copy')} text={() => playlist} />
            </div>
          </details>
        )}
      </div>
    </Card>
  );
}

function Address({ url }: { url: string }) {
  return (
    <p class="address" dir="ltr">
      <a href={url} target="_blank" rel="noreferrer">
        {url}
      </a>
    </p>
  );
}
