import { type AccountSession, SignInCard, Unreachable } from '../account/index.ts';
import { OwnStations, type StationApi } from '../stations/index.ts';
import { Loading } from '../ui/index.ts';
import { ConnectForm } from './connect-form.tsx';
import type { StudioLink } from './studio-link.ts';
import { t } from './words.ts';

/** What the way into the studio needs. */
export type StudioDoorProps = { session: AccountSession; api: StationApi; onEnter: (link: StudioLink) => void };

/** The way into a studio: one's own stations for who is signed in, and a stream key for everybody. */
export function StudioDoor({ session, api, onEnter }: StudioDoorProps) {
  const isSignedIn = session.account.value !== undefined;
  return (
    <main class={isSignedIn ? 'studio studio--middle' : 'studio studio--narrow'} id="studio">
      <Entrance session={session} api={api} />
      <details class="elsewhere">
        <summary>{t('link.instead')}</summary>
        <ConnectForm onEnter={onEnter} />
      </details>
    </main>
  );
}

function Entrance({ session, api }: { session: AccountSession; api: StationApi }) {
  switch (session.state.value.kind) {
    case 'asking':
      return <Loading label={t('door.asking')} />;
    case 'unreachable':
      return <Unreachable session={session} />;
    case 'signed_out':
      return <SignInCard session={session} />;
    case 'signed_in':
      return <OwnStations api={api} />;
  }
}
