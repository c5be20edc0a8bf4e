import type { OwnStation } from '@awaz/infra/contract';
import type { ComponentChildren } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import type { AccountSession } from '../account/index.ts';
import { ChatPanel } from '../chat/index.ts';
import { loaded, problemText, useFresh } from '../rest/index.ts';
import {
  ChatSettingsCard,
  ListenLinks,
  ModerationLists,
  PeopleCard,
  PictureCard,
  RecordingsCard,
  type StationApi,
  StationHistory,
  StationSettings,
  StreamKeys,
  WebhooksCard,
} from '../stations/index.ts';
import { Banner, LinkButton, Loading } from '../ui/index.ts';
import { AudienceCard } from './audience-card.tsx';
import { type OwnerDesk, openOwnerDesk } from './owner-desk.ts';
import { ShowCard } from './show-card.tsx';
import type { StudioModel } from './studio-model.ts';
import { type StudioPart, StudioRoom } from './studio-room.tsx';
import { t } from './words.ts';

/** What the room of an owner needs. */
export type OwnerRoomProps = { session: AccountSession; api: StationApi; model: StudioModel; server: string };

/** The studio of a station for who owns it: the sound, and all that belongs to the station. */
export function OwnerRoom({ session, api, model, server }: OwnerRoomProps) {
  const { station: slug } = model;
  const own = useMemo(() => loaded(() => api.list()), [api]);
  useFresh(own);
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
  return <OpenRoom {...{ session, api, model, server, station }} onChanged={() => void own.refresh()} />;
}

function OpenRoom(props: OwnerRoomProps & { station: OwnStation; onChanged: () => void }) {
  const { session, api, model, server, station, onChanged } = props;
  const { slug, title } = station;
  const desk = useMemo(
    () => openOwnerDesk({ station: slug, account: session, isOnAir: model.isOnAir }),
    [slug, session, model],
  );
  useEffect(() => () => desk.close(), [desk]);
  const parts: Record<string, StudioPart> = {
    moderation: {
      name: t('part.moderation'),
      content: (
        <>
          <ChatSettingsCard api={api} station={slug} />
          <ModerationLists api={api} station={slug} />
        </>
      ),
    },
    keys: { name: t('part.keys'), content: <StreamKeys api={api} station={slug} /> },
    people: {
      name: t('part.people'),
      content: (
        <>
          <PeopleCard api={api} station={slug} />
          {!station.public && <ListenLinks api={api} station={slug} />}
        </>
      ),
    },
    recordings: {
      name: t('part.recordings'),
      content: <RecordingsCard api={api} station={slug} isPrivate={!station.public} />,
    },
    webhooks: { name: t('part.webhooks'), content: <WebhooksCard api={api} station={slug} /> },
    settings: {
      name: t('part.settings'),
      content: (
        <>
          <PictureCard api={api} station={station} onChanged={onChanged} />
          <StationSettings api={api} station={station} onChanged={onChanged} onRemoved={toOwnStations} />
        </>
      ),
    },
    history: { name: t('part.history'), content: <StationHistory api={api} station={slug} /> },
  };
  const room = { model, server, parts, title, isPrivate: !station.public, desk: <Desk desk={desk} /> };
  return <StudioRoom {...room} onOtherKey={toOwnStations} />;
}

/** What stands beside the sound. */
function Desk({ desk }: { desk: OwnerDesk }) {
  return (
    <div class="cockpit-side">
      <ShowCard model={desk.show} />
      <AudienceCard desk={desk} />
      <ChatPanel model={desk.live.chat} />
    </div>
  );
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
