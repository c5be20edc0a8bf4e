import { listenPath } from '@awaz/infra/contract';
import { AccountLink } from '../account/account-link.tsx';
import type { AccountSession } from '../account/account-session.ts';
import { languageName } from '../i18n/index.ts';
import { Banner, Button, clock, EmptyState, LinkButton, ListenerPill, Pill, StationArt, TopBar } from '../ui/index.ts';
import { filterQuery, isFiltered } from './directory-filter.ts';
import type { DirectoryModel } from './directory-model.ts';
import { FilterBar } from './filter-bar.tsx';
import type { ListedStation } from './station-list.ts';
import { t } from './words.ts';

/** Most tags on a card. */
const MAX_SHOWN_TAGS = 3;

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
  const { status, stations, hasMore } = model.view.value;
  const failed = status === 'failed';
  const retry = <Button onClick={() => void model.refresh()}>{t('directory.retry')}</Button>;
  const isEmpty = stations.length === 0;
  if (isEmpty && status === 'loading') return <Skeleton />;
  if (isEmpty && failed) {
    return (
      <EmptyState title={t('directory.failed')} action={retry}>
        {t('directory.failed.hint')}
      </EmptyState>
    );
  }
  if (isEmpty && !isFiltered(model.filter.value)) return <NoStation />;
  return (
    <>
      <FilterBar model={model} />
      {failed && (
        <Banner tone="warn" title={t('directory.failed')} action={retry}>
          {t('directory.failed.hint')}
        </Banner>
      )}
      <div class="directory-found" aria-busy={status === 'searching'}>
        {isEmpty ? <NothingFound model={model} /> : <StationSections model={model} stations={stations} />}
      </div>
      {hasMore && (
        <div class="actions directory-more">
          <Button onClick={() => void model.more()}>{t('directory.more')}</Button>
        </div>
      )}
    </>
  );
}

function NoStation() {
  return (
    <EmptyState
      title={t('directory.empty')}
      action={
        <LinkButton href="/studio" kind="primary" icon="mic">
          {t('directory.make')}
        </LinkButton>
      }
    >
      {t('directory.empty.hint')}
    </EmptyState>
  );
}

function NothingFound({ model }: { model: DirectoryModel }) {
  const isNobodyOnAir = filterQuery({ ...model.filter.value, live: false }) === '';
  return (
    <EmptyState
      title={t(isNobodyOnAir ? 'directory.nobody' : 'directory.none_fits')}
      action={<Button onClick={() => model.chooseAll()}>{t('directory.all')}</Button>}
    >
      {t(isNobodyOnAir ? 'directory.nobody.hint' : 'directory.none_fits.hint')}
    </EmptyState>
  );
}

function StationSections({ model, stations }: { model: DirectoryModel; stations: ListedStation[] }) {
  const now = model.now.value;
  const live = stations.filter((station) => station.live);
  const off = stations.filter((station) => !station.live);
  return (
    <>
      <section aria-labelledby="on-air">
        <h2 id="on-air" class="directory-heading">
          {t('directory.on_air')} <span class="directory-count">{live.length}</span>
        </h2>
        {live.length === 0 ? (
          <EmptyState title={t('directory.nobody')}>{t('directory.nobody.hint')}</EmptyState>
        ) : (
          <Cards stations={live} now={now} />
        )}
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
      {stations.map((station) => (
        <li key={station.slug}>
          <StationCard station={station} now={now} />
        </li>
      ))}
    </ul>
  );
}

function StationCard({ station, now }: { station: ListedStation; now: number }) {
  const { slug, title, live, startedAt, listeners, language, tags, artwork } = station;
  const facts = [...(language === null ? [] : [languageName(language)]), ...tags.slice(0, MAX_SHOWN_TAGS)];
  return (
    <a class="station-card" href={listenPath(slug)}>
      <StationArt slug={slug} title={title} dimmed={!live} artwork={artwork} />
      <span class="station-card-text">
        <span class="station-card-title">
          <bdi>{title}</bdi>
        </span>
        <span class="station-card-facts">
          <Pill tone={live ? 'live' : 'off'}>{t(live ? 'directory.live' : 'directory.off')}</Pill>
          {live && <ListenerPill listeners={listeners} />}
          {live && startedAt !== null && (
            <span class="station-card-since">{t('directory.since', { time: clock(now - startedAt) })}</span>
          )}
        </span>
        {facts.length > 0 && (
          <span class="station-card-since">
            <bdi>{facts.join(' · ')}</bdi>
          </span>
        )}
      </span>
    </a>
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
