import { listenPath, moderationPath, type OwnRole } from '@awaz/infra/contract';
import { useMemo } from 'preact/hooks';
import { loaded, problemText, useFresh } from '../rest/index.ts';
import { Banner, Button, LinkButton, Pill, StationArt } from '../ui/index.ts';
import type { StationApi } from './station-api.ts';
import { t } from './words.ts';

/** Stations of others that one looks after, or belongs to; nothing when there are none. */
export function OwnRoles({ api }: { api: StationApi }) {
  const roles = useMemo(() => loaded(() => api.roles()), [api]);
  useFresh(roles);
  const { value = [], problem } = roles.view.value;
  if (value.length === 0 && problem === undefined) return null;
  return (
    <section class="stack" aria-labelledby="own-roles">
      <h2 id="own-roles" class="own-heading">
        {t('roles.title')}
      </h2>
      {problem !== undefined && (
        <Banner
          tone="warn"
          title={problemText(problem)}
          action={<Button onClick={() => void roles.refresh()}>{t('stations.retry')}</Button>}
        />
      )}
      <ul class="own-stations">
        {value.map((station) => (
          <RoleRow key={station.slug} station={station} />
        ))}
      </ul>
    </section>
  );
}

function RoleRow({ station }: { station: OwnRole }) {
  const { slug, title, live, role, artwork } = station;
  const isModerator = role === 'moderator';
  return (
    <li class="own-station">
      <StationArt slug={slug} title={title} dimmed={false} artwork={artwork} />
      <div class="own-station-text">
        <h3>
          <bdi>{title}</bdi>
        </h3>
        <p class="muted small">
          {t(`people.${role}`)} {live && <Pill tone="live">{t('stations.live')}</Pill>}{' '}
          {!station.public && <Pill>{t('stations.private')}</Pill>}
        </p>
      </div>
      <LinkButton
        href={isModerator ? moderationPath(slug) : listenPath(slug)}
        label={t(isModerator ? 'roles.moderate.named' : 'roles.listen.named', { title })}
      >
        {t(isModerator ? 'roles.moderate' : 'roles.listen')}
      </LinkButton>
    </li>
  );
}
