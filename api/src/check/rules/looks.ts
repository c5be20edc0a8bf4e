import type { MediaPlaylist } from '@awaz/transcoder/hls';
import { inPlaylist, type OriginView, type Parsed, secondsText } from '../origin-view.ts';
import type { Evidence, Look } from '../rule.ts';

/** Two values of a playlist that are printed with few digits are the same within this. */
export const EPSILON = 1e-4;

/** Nothing to say when it is in order. */
export function unless(inOrder: boolean, evidence: () => Evidence): Look {
  return inOrder ? undefined : evidence();
}

/** Looks at each parsed playlist. */
export function each(view: OriginView, look: (snapshot: Parsed, playlist: MediaPlaylist) => Look): Look[] {
  return view.parsed.map((snapshot) => look(snapshot, snapshot.playlist));
}

/** Looks at whether something stays the same over the playlists of a rendition. */
export function constant(view: OriginView, name: string, read: (snapshot: Parsed) => string | undefined): Look[] {
  return view.renditions.flatMap((_, rendition) => {
    const list = view.parsed.filter((snapshot) => snapshot.rendition === rendition && read(snapshot) !== undefined);
    const first = list[0];
    if (first === undefined) return [];
    return list.slice(1).map((snapshot) => {
      const [was, is] = [read(first), read(snapshot)];
      return was === is ? undefined : inPlaylist(snapshot, `${name} was ${was} and is ${is}`, name);
    });
  });
}

/** Looks at the last playlists of all renditions but the first. */
export function others(view: OriginView, look: (first: MediaPlaylist, other: Parsed) => Look): Look[] {
  const [first, ...rest] = view.latest;
  return first === undefined ? [] : rest.map((other) => look(first.playlist, other));
}

/** Looks at whether a value, where there is one, is large enough; both in seconds. */
export function atLeast(
  view: OriginView,
  name: string,
  read: (playlist: MediaPlaylist) => [value: number | undefined, least: number],
): Look[] {
  return view.parsed.flatMap((snapshot) => {
    const [value, least] = read(snapshot.playlist);
    if (value === undefined) return [];
    return value >= least - EPSILON
      ? [undefined]
      : [inPlaylist(snapshot, `${name} is ${secondsText(value)}, at least ${secondsText(least)} are needed`, name)];
  });
}
