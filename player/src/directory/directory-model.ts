import { signal } from '@preact/signals';
import { whenIdle } from '../ui/when-idle.ts';
import { LiveMarks } from './live-marks.ts';
import { fetchStations, inOrder, type ListedStation } from './station-list.ts';
import { t } from './words.ts';

/** How often the list is asked for while somebody looks, in ms; that a station goes on air is told at once. */
const REFRESH_MS = 10_000;

/** An answer that takes longer counts as none, in ms. */
const TIMEOUT_MS = 8000;

/** What the directory knows; a list that was loaded once stays while newer ones fail. */
export type DirectoryView = { status: 'loading' | 'loaded' | 'failed'; stations: ListedStation[] };

/** Keeps the list of stations fresh for the life of the page. */
export function createDirectoryModel() {
  const view = signal<DirectoryView>({ status: 'loading', stations: [] });
  const now = signal(Date.now());
  /** What changed last, for screen readers. */
  const news = signal('');
  const marks = new LiveMarks();
  const refresh = async () => {
    try {
      const stations = await fetchStations(AbortSignal.timeout(TIMEOUT_MS));
      view.value = { status: 'loaded', stations: inOrder(marks.over(stations, Date.now())) };
    } catch {
      view.value = { ...view.value, status: 'failed' };
    }
  };
  const mark = (slug: string, startedAt: number | null) => {
    marks.note(slug, startedAt, Date.now());
    const known = view.value.stations.find((station) => station.slug === slug);
    if (known === undefined) return void refresh();
    view.value = { ...view.value, stations: inOrder(marks.over(view.value.stations, Date.now())) };
    const { title } = known;
    news.value = startedAt === null ? t('directory.news.off', { title }) : t('directory.news.on', { title });
  };
  keepLooking(() => void refresh(), REFRESH_MS);
  keepLooking(() => {
    now.value = Date.now();
  }, 1000);
  void refresh();
  whenIdle(() => void follow({ mark, refresh: () => void refresh() }));
  return { view, now, news, refresh };
}

/** See {@link createDirectoryModel}. */
export type DirectoryModel = ReturnType<typeof createDirectoryModel>;

/** Hears of stations that go on air and off; without that the list is still asked for. */
async function follow(told: { mark: (slug: string, startedAt: number | null) => void; refresh: () => void }) {
  const { followDirectory } = await import('./directory-live.ts').catch(() => ({ followDirectory: undefined }));
  followDirectory?.({
    onJoined: told.refresh,
    onStarted: ({ slug, startedAt }) => told.mark(slug, startedAt),
    onStopped: (slug) => told.mark(slug, null),
  });
}

/** Does something again and again while somebody looks, and when somebody looks again. */
function keepLooking(act: () => void, everyMs: number): void {
  const whenSeen = () => {
    if (!document.hidden) act();
  };
  setInterval(whenSeen, everyMs);
  document.addEventListener('visibilitychange', whenSeen);
}
