import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { loaded, problemText } from '../rest/index.ts';
import { type StationApi, StationSettings, StreamKeys } from '../stations/index.ts';
import { Banner, LinkButton, Loading } from '../ui/index.ts';
import type { StudioModel } from './studio-model.ts';
import { type StudioPart, StudioRoom } from './studio-room.tsx';
import { t } from './words.ts';

/** What the room of an owner needs. */
export type OwnerRoomProps = { api: StationApi; model: StudioModel; server: string };

/** The studio of a station for who owns it: the sound, and all that belongs to the station. */
export function OwnerRoom({ api, model, server }: OwnerRoomProps) {
  const { station: slug } = model;
  const own = useMemo(() => loaded(() => api.list()), [api]);
  useEffect(() => void own.refresh(), [own]);
  const { status, value, problem } = own.view.value;
  const station = value?.find((one) => one.slug === slug);
  if (status === 'loading') {
    return (
      <Frame>
        <Loading label={t('door.asking')} />
      </Frame>
    );
  }
  if (station === undefined) {
    const title = problem === undefined ? t('door.not_yours', { station: slug }) : problemText(problem);
    return (
      <Frame>
        <Banner tone="warn" title={title} action={<LinkButton href="/studio">{t('door.own')}</LinkButton>} />
      </Frame>
    );
  }
  const parts: Record<string, StudioPart> = {
    keys: { name: t('part.keys'), content: <StreamKeys api={api} station={slug} /> },
    settings: {
      name: t('part.settings'),
      content: (
        <StationSettings api={api} station={station} onChanged={() => void own.refresh()} onRemoved={toOwnStations} />
      ),
    },
  };
  return <StudioRoom {...{ model, server, parts, title: station.title }} onOtherKey={toOwnStations} />;
}

function toOwnStations(): void {
  location.assign('/studio');
}

function Frame({ children }: { children: ComponentChildren }) {
  return (
    <main class="studio studio--narrow" id="studio">
      {children}
    </main>
  );
}
