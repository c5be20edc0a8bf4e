import { effect, signal } from '@preact/signals';
import { render } from 'preact';
import { Button, restoreTheme, TopBar } from '../ui/index.ts';
import { ConnectForm } from './connect-form.tsx';
import { keepStudioLink, type StudioLink, tabStorage, takeStudioLink } from './studio-link.ts';
import { StudioModel } from './studio-model.ts';
import { StudioRoom } from './studio-room.tsx';
import { t } from './words.ts';

const storage = tabStorage();
const model = signal<StudioModel | undefined>(undefined);

function enter(link: StudioLink): void {
  keepStudioLink(storage, link);
  model.value?.close();
  model.value = new StudioModel({ link, server: location.origin, storage });
  void model.value.start();
}

function leave(): void {
  keepStudioLink(storage, undefined);
  model.value?.close();
  model.value = undefined;
}

function Studio() {
  const room = model.value;
  return (
    <>
      <a class="skip-link" href="#studio">
        {t('studio.skip')}
      </a>
      <TopBar>
        {room !== undefined && !room.isLive.value && (
          <Button kind="quiet" onClick={leave}>
            {t('studio.leave')}
          </Button>
        )}
      </TopBar>
      {room === undefined ? (
        <ConnectForm onEnter={enter} />
      ) : (
        <StudioRoom model={room} server={location.origin} onOtherKey={leave} />
      )}
    </>
  );
}

/** A tab tells from afar whether it is on air. */
function keepTitle(): void {
  effect(() => {
    const room = model.value;
    const parts = [
      room?.isOnAir.value ? `● ${t('air.on')}` : undefined,
      room?.station,
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
  const link = takeStudioLink({ location, history, storage });
  if (link !== undefined) enter(link);
  keepTitle();
  render(<Studio />, page);
}

start();
