import { isMedia, isOdd, isPlaylist, type Mutation, notFound, oddText, only, without } from './mutation.ts';

/** Mutations of HTTP and of the connection. */
export const HTTP_MUTATIONS: readonly Mutation[] = [
  {
    breaks: '54',
    how: 'init sections are redirected',
    faults: {
      answer: (answer, { kind, request }) =>
        kind === 'init' && !request.url.includes('?')
          ? { ...answer, status: 302, headers: { ...answer.headers, location: 'init.mp4?moved' } }
          : answer,
    },
  },
  {
    breaks: '57a',
    how: 'playlists are not compressed',
    faults: {
      answer: (answer, asked) =>
        isOdd(asked)
          ? {
              ...answer,
              headers: { ...answer.headers, 'content-encoding': 'identity' },
              body: Buffer.from('#EXTM3U\n'),
            }
          : answer,
    },
    also: ['1a'],
  },
  { breaks: '57b', how: 'no Vary', faults: without('vary', isPlaylist) },
  { breaks: '57c', how: 'media are said to be compressed', faults: only(isMedia, { 'content-encoding': 'gzip' }) },
  {
    breaks: '57d',
    how: 'compression for those who do not accept it',
    faults: only(({ request }) => request.headers['accept-encoding'] === 'identity', { 'content-encoding': 'gzip' }),
  },
  {
    breaks: '58a',
    how: 'Range is ignored',
    faults: {
      answer: (answer, { request }) =>
        request.headers.range?.startsWith('bytes=4-') ? { ...answer, status: 200 } : answer,
    },
  },
  {
    breaks: '58b',
    how: 'a Range beyond the end gets 200',
    faults: { answer: (answer) => (answer.status === 416 ? { ...answer, status: 200 } : answer) },
  },
  {
    breaks: '59a',
    how: 'blocking playlists are not cached',
    faults: only(({ kind, directives }) => kind === 'playlist' && directives.msn !== undefined, {
      'cache-control': 'no-cache',
    }),
  },
  {
    breaks: '59b',
    how: 'plain playlists are cached for a minute',
    faults: only(({ kind, query }) => kind === 'playlist' && query === '', { 'cache-control': 'max-age=60' }),
  },
  { breaks: '59c', how: 'media are cached for a second', faults: only(isMedia, { 'cache-control': 'max-age=1' }) },
  {
    breaks: '59d',
    how: 'a 404 is cached for a minute',
    faults: only(({ msn }) => msn > 1000, { 'cache-control': 'max-age=60' }),
  },
  {
    breaks: '59e',
    how: 'a 400 is cached for a minute',
    faults: {
      answer: (answer) =>
        answer.status === 400 ? { ...answer, headers: { ...answer.headers, 'cache-control': 'max-age=60' } } : answer,
    },
  },
  { breaks: '61a', how: 'playlists are text/plain', faults: only(isPlaylist, { 'content-type': 'text/plain' }) },
  {
    breaks: '61b',
    how: 'media are application/octet-stream',
    faults: only(isMedia, { 'content-type': 'application/octet-stream' }),
  },
  { breaks: '61c', how: 'a byte order mark', also: ['1a'], faults: oddText((text) => `\ufeff${text}`) },
  {
    breaks: '61d',
    how: 'pages of other origins may not read media',
    faults: without('access-control-allow-origin', isMedia),
  },
  {
    breaks: '61e',
    how: 'pages may not read Age',
    faults: only(isPlaylist, { 'access-control-expose-headers': 'Date' }),
  },
  {
    breaks: '61f',
    how: 'OPTIONS does not allow Range',
    faults: only(({ request }) => request.method === 'OPTIONS', { 'access-control-allow-headers': 'Accept' }),
  },
  {
    breaks: '61g',
    how: 'HEAD is refused',
    faults: { answer: (answer, { request }) => (request.method === 'HEAD' ? { ...answer, status: 405 } : answer) },
  },
  {
    breaks: '71',
    how: 'a part that needs a cookie',
    also: ['23a', '24b'],
    faults: {
      answer: (answer, asked) =>
        asked.kind === 'part' && asked.rendition === 1 && asked.index === 4 && !asked.wasHeld
          ? { ...notFound, status: 403 }
          : answer,
    },
  },
  { breaks: '55a', how: 'no HTTP/2', faults: { transport: { protocol: 'http/1.1', pingAnswered: undefined } } },
  { breaks: '55b', how: 'PING is not answered', faults: { transport: { pingAnswered: false } } },
  { breaks: '55c', how: 'TLS 1.2', faults: { transport: { tls: 'TLSv1.2' } } },
  { breaks: '56', how: 'media with the urgency of playlists', faults: only(isMedia, { priority: 'u=1' }) },
  { breaks: '60a', how: 'a cache hit without Age', faults: only(isOdd, { 'x-cache': 'HIT' }) },
  {
    breaks: '63a',
    how: 'a round trip longer than a part',
    also: ['63b'],
    faults: { delayMs: ({ request }) => (request.method === 'GET' ? 0 : 1100) },
  },
  {
    breaks: '63b',
    how: 'a round trip of half a part',
    faults: { delayMs: ({ request }) => (request.method === 'GET' ? 0 : 512) },
  },
];
