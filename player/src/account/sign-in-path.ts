/** The sign-in page, which leads back to where one came from. */
export function signInPathFrom(path: string): string {
  return `/sign-in?next=${encodeURIComponent(path)}`;
}

/** Where a sign-in leads: what the address asks for, if it is a page of this server; undefined otherwise. */
export function nextPath(query: URLSearchParams, origin: string): string | undefined {
  const wish = query.get('next');
  if (wish === null || !wish.startsWith('/')) return undefined;
  // Browsers read `//host` and `/\host` as other servers; the URL parser knows all such spellings.
  const url = URL.canParse(wish, origin) ? new URL(wish, origin) : undefined;
  if (url?.origin !== origin || url.pathname.startsWith('/sign-in')) return undefined;
  return url.pathname + url.search + url.hash;
}

/** The token of a one-time link, from `#token=…`, which is taken off the address: it must not stay in the history. */
export function takeOneTimeToken(page: { location: Location; history: History }): string | undefined {
  const token = new URLSearchParams(page.location.hash.slice(1)).get('token');
  if (page.location.hash !== '') page.history.replaceState(null, '', page.location.pathname + page.location.search);
  return token === null || token === '' ? undefined : token;
}
