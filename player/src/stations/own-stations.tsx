import { type OwnStation, ownStudioPath } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { type Loaded, loaded, problemText, useFresh } from '../rest/index.ts';
import { Banner, Button, Card, EmptyState, LinkButton, Loading, Pill, StationArt } from '../ui/index.ts';
import { NewStationForm } from './new-station-form.tsx';
import { OwnRoles } from './own-roles.tsx';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** The stations of whoever is signed in, and the way to another one. */
export function OwnStations({ api }: { api: StationApi }) {
  const stations = useMemo(() => loaded(() => api.list()), [api]);
  const isMaking = useSignal(false);
  useFresh(stations);
  const setMaking = (value: boolean) => {
    isMaking.value = value;
  };
  return (
    <div class="stack">
      <div class="own-head">
        <h1>{t('stations.title')}</h1>
        {!isMaking.value && (
          <Button icon="plus" kind="primary" onClick={() => setMaking(true)}>
            {t('stations.new')}
          </Button>
        )}
      </div>
      {isMaking.value && (
        <Card label={t('new.title')}>
          <NewStationForm
            api={api}
            onMade={({ slug }) => location.assign(ownStudioPath(slug))}
            onCancel={() => setMaking(false)}
          />
        </Card>
      )}
      <StationList stations={stations} isMaking={isMaking.value} />
      <OwnRoles api={api} />
    </div>
  );
}

function StationList({ stations, isMaking }: { stations: Loaded<OwnStation[]>; isMaking: boolean }) {
  const { status, value, problem } = stations.view.value;
  if (status === 'loading') return <Loading label={t('stations.loading')} />;
  return (
    <>
      {problem !== undefined && (
        <Banner
          tone="warn"
          title={t('stations.failed')}
          action={<Button onClick={() => void stations.refresh()}>{t('stations.retry')}</Button>}
        >
          {problemText(problem)}
        </Banner>
      )}
      {value?.length === 0 && !isMaking && (
        <EmptyState title={t('stations.empty')}>{t('stations.empty.hint')}</EmptyState>
      )}
      {value !== undefined && value.length > 0 && (
        <ul class="own-stations">
          {value.map((station) => (
            <OwnStationRow key={station.slug} station={station} />
          ))}
        </ul>
      )}
    </>
  );
}

function OwnStationRow({ station }: { station: OwnStation }) {
  const { slug, title, artwork } = station;
  return (
    <li class="own-station">
      <StationArt slug={slug} title={title} dimmed={false} artwork={artwork} />
      <div class="own-station-text">
        <h2>
          <bdi>{title}</bdi>
        </h2>
        <p class="muted small">
          <bdi dir="ltr">/s/{slug}</bdi> {!station.public && <Pill>{t('stations.private')}</Pill>}
        </p>
      </div>
      <LinkButton href={ownStudioPath(slug)} label={t('stations.open.named', { title })}>
        {t('stations.open')}
      </LinkButton>
    </li>
  );
}
