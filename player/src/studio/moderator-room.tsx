import { listenPath, type OwnRole } from '@awaz/infra/contract';
import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { AccountSession } from '../account/index.ts';
import { ChatPanel } from '../chat/index.ts';
import { loaded, problemText, useFresh } from '../rest/index.ts';
import { ChatSettingsCard, ModerationLists, type StationApi } from '../stations/index.ts';
import { Banner, Button, LinkButton, Loading, Pill, Tabs } from '../ui/index.ts';
import { AudienceCard } from './audience-card.tsx';
import { openOwnerDesk } from './owner-desk.ts';
import { ShowCard } from './show-card.tsx';
import { t } from './words.ts';

/** What the room of a moderator needs. */
export type ModeratorRoomProps = { session: AccountSession; api: StationApi; station: string };

/** A station for those who look after it: its chat with what was reported, titles, listeners. No sound is sent from here. */
export function ModeratorRoom({ session, api, station: slug }: ModeratorRoomProps) {
  const roles = useMemo(() => loaded(() => api.roles()), [api]);
  useFresh(roles);
  const { status, value, problem } = roles.view.value;
  const station = value?.find((one) => one.slug === slug && one.role === 'moderator');
  if (station !== undefined) return <OpenRoom session={session} api={api} station={station} />;
  return (
    <main class="studio studio--narrow" id="studio">
      {status === 'loading' && <Loading label={t('door.asking')} />}
      {problem !== undefined && (
        <Banner
          tone="warn"
          title={problemText(problem)}
          action={<Button onClick={() => void roles.refresh()}>{t('action.open_microphone')}</Button>}
        />
      )}
      {status === 'loaded' && (
        <Banner
          tone="warn"
          title={t('door.no_moderator', { station: slug })}
          action={<LinkButton href="/studio">{t('door.own')}</LinkButton>}
        />
      )}
    </main>
  );
}

type RoomTab = 'chat' | 'show' | 'rules';

function OpenRoom({ session, api, station }: { session: AccountSession; api: StationApi; station: OwnRole }) {
  const { slug, title } = station;
  const desk = useMemo(() => openOwnerDesk({ station: slug, account: session }), [slug, session]);
  useEffect(() => () => desk.close(), [desk]);
  const chosen = useSignal<RoomTab>('chat');
  const parts = {
    chat: (
      <div class="moderation">
        <div class="stack">
          <ModerationLists api={api} station={slug} />
        </div>
        <ChatPanel model={desk.live.chat} />
      </div>
    ),
    show: (
      <div class="moderation">
        <ShowCard model={desk.show} />
        <AudienceCard desk={desk} />
      </div>
    ),
    rules: <ChatSettingsCard api={api} station={slug} />,
  };
  return (
    <main class="studio" id="studio">
      <div class="studio-head">
        <h1 class="studio-title">
          <span class="muted">{t('moderator.title')}</span> <span dir="auto">{title}</span>
        </h1>
        <Pill tone={desk.isOnAir.value ? 'live' : 'off'}>{t(desk.isOnAir.value ? 'air.on' : 'air.off')}</Pill>
        <LinkButton href={listenPath(slug)} kind="quiet" icon="play">
          {t('moderator.listen')}
        </LinkButton>
      </div>
      <Tabs
        label={t('part.label')}
        tabs={(Object.keys(parts) as RoomTab[]).map((value) => ({ value, name: t(`moderator.${value}`) }))}
        value={chosen.value}
        onChoose={(value) => {
          chosen.value = value;
        }}
      >
        {parts[chosen.value]}
      </Tabs>
    </main>
  );
}
