import { signal } from '@preact/signals';
import { fetchStations, type ListedStation } from './station-list.ts';

/** How often the list is asked for while somebody looks, in ms. */
const REFRESH_MS = 10_000;

/** An answer that takes longer counts as none, in ms. */
const TIMEOUT_MS = 8000;

/** What the directory knows; a list that was loaded once stays while newer ones fail. */
export type DirectoryView = { status: 'loading' | 'loaded' | 'failed'; stations: ListedStation[] };

/** Keeps the list of stations fresh for the life of the page. */
export function createDirectoryModel() {
  const view = signal<DirectoryView>({ status: 'loading', stations: [] });
  const now = signal(Date.now());
  const refresh = async () => {
    try {
      const stations = await fetchStations(AbortSignal.timeout(TIMEOUT_MS));
      view.value = { status: 'loaded', stations };
    } catch {
      view.value = { ...view.value, status: 'failed' };
    }
  };
  const whenSeen = (act: () => void) => () => {
    if (!document.hidden) act();
  };
  void refresh();
  setInterval(
    whenSeen(() => void refresh()),
    REFRESH_MS,
  );
  setInterval(
    whenSeen(() => {
      now.value = Date.now();
    }),
    1000,
  );
  document.addEventListener(
    'visibilitychange',
    whenSeen(() => void refresh()),
  );
  return { view, now, refresh };
}

/** See {@link createDirectoryModel}. */
export type DirectoryModel = ReturnType<typeof createDirectoryModel>;
