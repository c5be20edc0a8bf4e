import { listenPath } from '@awaz/infra/contract';
import { AccountLink } from '../account/account-link.tsx';
import type { AccountSession } from '../account/account-session.ts';
import { Banner, Button, clock, EmptyState, ListenerPill, Pill, StationArt, TopBar } from '../ui/index.ts';
import type { DirectoryModel } from './directory-model.ts';
import type { ListedStation } from './station-list.ts';
import { t } from './words.ts';

/** The front page: who is on air, and who else is there. */
export function DirectoryApp({ model, session }: { model: DirectoryModel; session: AccountSession }) {
  return (
    <>
      <a class="skip-link" href="#stations">
        {t('directory.skip')}
      </a>
      <TopBar>
        <a class="topbar-link" href="/studio">
          {t('directory.studio')}
        </a>
        <AccountLink session={session} />
      </TopBar>
      <main class="directory" id="stations" tabIndex={-1}>
        <div class="directory-head">
          <h1>{t('directory.title')}</h1>
          <p>{t('directory.lead')}</p>
        </div>
        <Listing model={model} />
        <p class="sr-only" role="status">
          {model.news.value}
        </p>
      </main>
    </>
  );
}

function Listing({ model }: { model: DirectoryModel }) {
  const { status, stations } = model.view.value;
  const failed = status === 'failed';
  const retry = <Button onClick={() => void model.refresh()}>{t('directory.retry')}</Button>;
  if (stations.length > 0) {
    return (
      <>
        {failed && (
          <Banner tone="warn" title={t('directory.failed')} action={retry}>
            {t('directory.failed.hint')}
          </Banner>
        )}
        <StationSections stations={stations} now={model.now.value} />
      </>
    );
  }
  if (status === 'loading') return <Skeleton />;
  if (failed) {
    return (
      <EmptyState title={t('directory.failed')} action={retry}>
        {t('directory.failed.hint')}
      </EmptyState>
    );
  }
  return <EmptyState title={t('directory.empty')}>{t('directory.empty.hint')}</EmptyState>;
}

function StationSections({ stations, now }: { stations: ListedStation[]; now: number }) {
  const live = stations.filter((station) => station.live);
  const off = stations.filter((station) => !station.live);
  return (
    <>
      <section aria-labelledby="on-air">
        <h2 id="on-air" class="directory-heading">
          {t('directory.on_air')} <span class="directory-count">{live.length}</span>
        </h2>
        {live.length === 0 ? <EmptyState title={t('directory.nobody')} /> : <Cards stations={live} now={now} />}
      </section>
      {off.length > 0 && (
        <section aria-labelledby="off-air">
          <h2 id="off-air" class="directory-heading">
            {t('directory.off_air')} <span class="directory-count">{off.length}</span>
          </h2>
          <Cards stations={off} now={now} />
        </section>
      )}
    </>
  );
}

function Cards({ stations, now }: { stations: ListedStation[]; now: number }) {
  return (
    <ul class="cards">
      {stations.map(({ slug, title, live, startedAt, listeners }) => (
        <li key={slug}>
          <a class="station-card" href={listenPath(slug)}>
            <StationArt slug={slug} title={title} dimmed={!live} />
            <span class="station-card-text">
              <span class="station-card-title" dir="auto">
                {title}
              </span>
              <span class="station-card-facts">
                <Pill tone={live ? 'live' : 'off'}>{t(live ? 'directory.live' : 'directory.off')}</Pill>
                {live && <ListenerPill listeners={listeners} />}
                {live && startedAt !== null && (
                  <span class="station-card-since">{t('directory.since', { time: clock(now - startedAt) })}</span>
                )}
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** Grey cards in the places of the coming ones, so that nothing jumps. */
function Skeleton() {
  return (
    <div class="cards" role="status" aria-label={t('directory.loading')}>
      {[0, 1, 2].map((place) => (
        <div key={place} class="station-card station-card--empty">
          <div class="station-art" />
          <div class="station-card-text" />
        </div>
      ))}
    </div>
  );
}
