import { SLUG_PATTERN } from '@awaz/infra/contract';
import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { AccountLink, AccountSession, hasSessionMark } from '../account/index.ts';
import { StationApi } from '../stations/index.ts';
import { Button, restoreTheme, TopBar } from '../ui/index.ts';
import type { CaptureWish } from './capture.ts';
import { ModeratorRoom } from './moderator-room.tsx';
import { OwnerRoom } from './owner-room.tsx';
import { StudioDoor } from './studio-door.tsx';
import { keepStudioLink, type StudioAccess, type StudioLink, tabStorage, takeStudioLink } from './studio-link.ts';
import { StudioModel } from './studio-model.ts';
import { StudioRoom } from './studio-room.tsx';
import { t } from './words.ts';

const storage = tabStorage();
const session = new AccountSession();
const api = new StationApi(session);
/** The room that is open, by whose right. */
const room = signal<{ model: StudioModel; by: 'key' | 'account' } | undefined>(undefined);

function open(access: StudioAccess, by: 'key' | 'account'): void {
  room.value?.model.close();
  const model = new StudioModel({ link: access, server: location.origin, storage, capture: wantedCapture() });
  room.value = { model, by };
  void model.start();
}

function enter(link: StudioLink): void {
  keepStudioLink(storage, link);
  open(link, 'key');
}

function leave(): void {
  keepStudioLink(storage, undefined);
  room.value?.model.close();
  room.value = undefined;
  if (session.state.value.kind === 'asking') void session.start();
}

/** `?capture=recorder` and `?capture=worklet`: another way to take the sound, where the best one gives trouble. */
function wantedCapture(): CaptureWish {
  const wish = new URLSearchParams(location.search).get('capture');
  return wish === 'recorder' || wish === 'worklet' ? wish : 'encoder';
}

/** The station of `?station=…`, for whose owner this page was opened, or of `?moderate=…`, for a moderator. */
function wantedStation(name: 'station' | 'moderate'): string | undefined {
  const slug = new URLSearchParams(location.search).get(name) ?? '';
  return SLUG_PATTERN.test(slug) ? slug : undefined;
}

const moderated = wantedStation('moderate');

/** Opens the room once its owner is signed in, and leaves it when that ends and nothing is on air. */
function followAccount(station: string): void {
  effect(() => {
    const isSignedIn = session.account.value !== undefined;
    const now = room.peek();
    if (isSignedIn && now === undefined) open({ station, key: () => session.tokenNow() }, 'account');
    if (session.state.value.kind === 'signed_out' && now?.by === 'account' && !now.model.isLive.peek()) leave();
  });
}

function Studio() {
  const now = room.value;
  const isLive = now?.model.isLive.value === true;
  return (
    <>
      <a class="skip-link" href="#studio">
        {t('studio.skip')}
      </a>
      <TopBar>
        {now?.by === 'key' && !isLive && (
          <Button kind="quiet" onClick={leave}>
            {t('studio.leave')}
          </Button>
        )}
        {(now?.by === 'account' || moderated !== undefined) && !isLive && (
          <a class="topbar-link" href="/studio">
            {t('studio.stations')}
          </a>
        )}
        <AccountLink session={session} />
      </TopBar>
      <Room />
    </>
  );
}

function Room() {
  const now = room.value;
  if (now === undefined && moderated !== undefined && session.account.value !== undefined) {
    return <ModeratorRoom session={session} api={api} station={moderated} />;
  }
  if (now === undefined) return <StudioDoor session={session} api={api} onEnter={enter} />;
  if (now.by === 'account') return <OwnerRoom {...{ session, api }} model={now.model} server={location.origin} />;
  return <StudioRoom model={now.model} server={location.origin} onOtherKey={leave} />;
}

/** A tab tells from afar whether it is on air. */
function keepTitle(): void {
  effect(() => {
    const model = room.value?.model;
    const parts = [
      model?.isOnAir.value ? `● ${t('air.on')}` : undefined,
      model?.station ?? moderated,
      t('studio.title'),
      'Awaz Pulse',
    ];
    document.title = parts.filter((part) => part !== undefined).join(' · ');
  });
}

function start(): void {
  const page = document.getElementById('page');
  if (page === null) return;
  restoreTheme();
  const station = wantedStation('station');
  const link = takeStudioLink({ location, history, storage });
  if (station !== undefined) followAccount(station);
  else if (link !== undefined && moderated === undefined) enter(link);
  // A key is enough; who else uses the page is asked only if the browser knows somebody.
  if (room.value === undefined || hasSessionMark()) void session.start();
  keepTitle();
  render(<Studio />, page);
}

start();
