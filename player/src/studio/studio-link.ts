import { SLUG_PATTERN, STREAM_KEY_PATTERN } from '@awaz/infra/contract';

/** What lets a person into the studio of a station. */
export type StudioLink = { station: string; key: string };

/** What lets a page publish on a station: a stream key, or the access token of its owner as it is at the moment. */
export type StudioAccess = { station: string; key: string | (() => string) };

/** A broadcast that was on air when the page was left. */
export type LiveMark = { station: string; broadcastId: string; startedAt: number; seenAt: number };

const LINK_KEY = 'awaz-studio-link';
const LIVE_KEY = 'awaz-studio-live';

/** The server keeps a broadcast for so long without its owner, in ms. */
export const RESUME_WINDOW_MS = 60_000;

/** What a tab may keep for its reloads; undefined where the browser blocks it. */
export type TabStorage = Storage | undefined;

/** The storage of this tab. Even looking at it throws where it is blocked. */
export function tabStorage(): TabStorage {
  try {
    return sessionStorage;
  } catch {
    return undefined;
  }
}

/** Reads `#station=SLUG&key=KEY`; undefined when it is not that. */
export function parseStudioFragment(fragment: string): StudioLink | undefined {
  const fields = new URLSearchParams(fragment.replace(/^#/, ''));
  return checkedLink({ station: fields.get('station') ?? '', key: fields.get('key') ?? '' });
}

/** Takes what somebody pasted: a whole studio link, or a key beside a station. */
export function parsePastedLink(station: string, key: string): StudioLink | undefined {
  const fragment = [station, key].map((text) => text.indexOf('#') >= 0 && text.slice(text.indexOf('#'))).find(Boolean);
  const whole = fragment ? parseStudioFragment(fragment) : undefined;
  return whole ?? checkedLink({ station: station.trim().toLowerCase(), key: key.trim() });
}

function checkedLink({ station, key }: StudioLink): StudioLink | undefined {
  return SLUG_PATTERN.test(station) && STREAM_KEY_PATTERN.test(key) ? { station, key } : undefined;
}

/**
 * The link of this tab: from the address (which forgets it, so that the key is in no history and no screenshot), else as
 * it was kept for reloads.
 */
export function takeStudioLink(page: {
  location: Location;
  history: History;
  storage: TabStorage;
}): StudioLink | undefined {
  const fresh = parseStudioFragment(page.location.hash);
  if (page.location.hash !== '') page.history.replaceState(null, '', page.location.pathname + page.location.search);
  if (fresh === undefined) return readStored<StudioLink>(page.storage, LINK_KEY);
  keepStudioLink(page.storage, fresh);
  return fresh;
}

/** Keeps a link for reloads of this tab; undefined forgets it. */
export function keepStudioLink(storage: TabStorage, link: StudioLink | undefined): void {
  store(storage, LINK_KEY, link);
}

/** Keeps what is on air, for a reload; undefined forgets it. */
export function keepLiveMark(storage: TabStorage, mark: LiveMark | undefined): void {
  store(storage, LIVE_KEY, mark);
}

/** The broadcast of this station that can still be gone on with. */
export function readLiveMark(storage: TabStorage, station: string, now: number): LiveMark | undefined {
  const mark = readStored<LiveMark>(storage, LIVE_KEY);
  if (mark?.station !== station || now - mark.seenAt > RESUME_WINDOW_MS) return undefined;
  return mark;
}

function store(storage: TabStorage, name: string, value: object | undefined): void {
  try {
    if (value === undefined) storage?.removeItem(name);
    else storage?.setItem(name, JSON.stringify(value));
  } catch {
    // Storage is full or blocked: a reload starts from the link again.
  }
}

function readStored<T>(storage: TabStorage, name: string): T | undefined {
  try {
    return (JSON.parse(storage?.getItem(name) ?? 'null') as T | null) ?? undefined;
  } catch {
    return undefined;
  }
}
