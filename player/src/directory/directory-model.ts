import { computed, signal } from '@preact/signals';
import { whenIdle } from '../ui/when-idle.ts';
import {
  type DirectoryFilter,
  type Facets,
  facetsOf,
  filterQuery,
  isFiltered,
  NO_FILTER,
  readFilter,
  withChosen,
} from './directory-filter.ts';
import { LiveMarks } from './live-marks.ts';
import { fetchStations, inOrder, type ListedStation, type StationListAnswer } from './station-list.ts';
import { t } from './words.ts';

/** How often the list is asked for while somebody looks, in ms; that a station goes on air is told at once. */
const REFRESH_MS = 10_000;

/** An answer that takes longer counts as none, in ms. */
const TIMEOUT_MS = 8000;

/** How long words are waited for before they are looked for, in ms. */
const TYPING_MS = 250;

/** The server gives the same answer again for somewhat less, in ms. */
const ANSWER_AGE_MS = 1500;

/** While a filter is on, what can be chosen is looked up anew so often, in ms. */
const FACETS_MS = 60_000;

/** What the directory knows; a list that was loaded once stays while newer ones fail or are looked for. */
export type DirectoryView = {
  status: 'loading' | 'searching' | 'loaded' | 'failed';
  stations: ListedStation[];
  hasMore: boolean;
};

/** Keeps the list of stations fresh, and its filter in the address. It lives as long as the page. */
export class DirectoryModel {
  readonly filter = signal(readFilter(location.search));
  readonly now = signal(Date.now());
  /** What changed last, for screen readers. */
  readonly news = signal('');
  /** What was found; of those that went off air since, what the filter leaves. */
  readonly view = computed(() => {
    const { stations, ...rest } = this.#list.value;
    return { ...rest, stations: this.filter.value.live ? stations.filter(({ live }) => live) : stations };
  });
  /** What one can choose from, with what is chosen. */
  readonly facets = computed(() => withChosen(this.#facets.value, this.filter.value));
  readonly #list = signal<DirectoryView>({ status: 'loading', stations: [], hasMore: false });
  readonly #facets = signal<Facets>({ languages: [], tags: [] });
  readonly #marks = new LiveMarks();
  #facetsAt = 0;
  #parts = 1;
  #turn = 0;
  /** Somebody waits for what a search finds. */
  #isAsked = false;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    window.addEventListener('popstate', () => {
      this.filter.value = readFilter(location.search);
      void this.#search();
    });
    keepLooking(() => void this.refresh(), REFRESH_MS);
    keepLooking(() => {
      this.now.value = Date.now();
    }, 1000);
    void this.refresh();
    whenIdle(() => void this.#follow());
  }

  /** Asks for the list anew; of several answers, the one asked for last counts. Never rejects. */
  async refresh(): Promise<void> {
    const mine = ++this.#turn;
    const wanted = this.filter.peek();
    try {
      const found = await this.#fetch(filterQuery(wanted), this.#parts);
      if (mine !== this.#turn) return;
      const stations = inOrder(this.#marks.over(found.stations, Date.now()));
      this.#list.value = { status: 'loaded', stations, hasMore: found.hasMore };
      this.#tellFound();
      if (!isFiltered(wanted)) this.#takeFacets(stations);
      else if (Date.now() - this.#facetsAt > FACETS_MS) this.#takeFacets((await this.#fetch('', 1)).stations);
    } catch {
      if (mine === this.#turn) this.#list.value = { ...this.#list.value, status: 'failed' };
    }
  }

  /** Looks for other words, once nobody types any more. */
  write(q: string): void {
    this.filter.value = { ...this.filter.value, q };
    // No step in the history: each letter would be one.
    history.replaceState(null, '', location.pathname + filterQuery(this.filter.value));
    this.#searchIn(TYPING_MS);
  }

  /** Chooses among stations; the address tells what is chosen. */
  choose(wanted: Partial<DirectoryFilter>): void {
    this.filter.value = { ...this.filter.value, ...wanted };
    history.pushState(null, '', location.pathname + filterQuery(this.filter.value));
    this.#searchIn(0);
  }

  /** Shows all stations again. */
  chooseAll(): void {
    this.choose(NO_FILTER);
  }

  /** Shows the next part of the list too. Never rejects. */
  more(): Promise<void> {
    this.#parts++;
    return this.refresh();
  }

  #fetch(query: string, parts: number): Promise<StationListAnswer> {
    return fetchStations({ query, parts, signal: AbortSignal.timeout(TIMEOUT_MS) });
  }

  #takeFacets(stations: readonly ListedStation[]): void {
    this.#facetsAt = Date.now();
    this.#facets.value = facetsOf(stations);
  }

  #searchIn(ms: number): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => void this.#search(), ms);
  }

  async #search(): Promise<void> {
    this.#parts = 1;
    if (this.#list.value.status !== 'loading') this.#list.value = { ...this.#list.value, status: 'searching' };
    this.#isAsked = true;
    await this.refresh();
  }

  /** Says how many were found, once for each search. */
  #tellFound(): void {
    if (this.#isAsked && isFiltered(this.filter.value)) {
      this.news.value = t('directory.found', { count: this.view.value.stations.length });
    }
    this.#isAsked = false;
  }

  /** Hears of stations that go on air and off; without that the list is still asked for. */
  async #follow(): Promise<void> {
    const { followDirectory } = await import('./directory-live.ts').catch(() => ({ followDirectory: undefined }));
    followDirectory?.({
      onJoined: () => void this.refresh(),
      onStarted: ({ slug, startedAt }) => this.#mark(slug, startedAt),
      onStopped: (slug) => this.#mark(slug, null),
    });
  }

  #mark(slug: string, startedAt: number | null): void {
    this.#marks.note(slug, startedAt, Date.now());
    const { stations } = this.#list.value;
    const station = stations.find((one) => one.slug === slug);
    if (station === undefined) {
      void this.refresh();
      setTimeout(() => void this.refresh(), ANSWER_AGE_MS);
      return;
    }
    this.#list.value = { ...this.#list.value, stations: inOrder(this.#marks.over(stations, Date.now())) };
    const { title } = station;
    this.news.value = startedAt === null ? t('directory.news.off', { title }) : t('directory.news.on', { title });
  }
}

/** Does something again and again while somebody looks, and when somebody looks again. */
function keepLooking(act: () => void, everyMs: number): void {
  const whenSeen = () => {
    if (!document.hidden) act();
  };
  setInterval(whenSeen, everyMs);
  document.addEventListener('visibilitychange', whenSeen);
}
