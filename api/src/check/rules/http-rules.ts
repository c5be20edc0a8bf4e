import type { Exchange, Probe, ProbeName } from '../observations.ts';
import { inAnswer, isWhole, type OriginView } from '../origin-view.ts';
import { unpacked } from '../playlist-text.ts';
import type { Rule } from '../rule.ts';
import { unless } from './looks.ts';

/** Rules about HTTP (checklist 54, 57, 58, 61, 71). */
export const HTTP_RULES: readonly Rule[] = [
  {
    id: '54',
    level: 'SHOULD',
    title: 'Nothing is redirected but the first URL (Apple 8.18)',
    needs: 'request',
    look: (view) =>
      view.exchanges
        .filter(({ request }) => request.url !== view.url)
        .map((exchange) =>
          unless(exchange.status < 301 || exchange.status > 308, () =>
            inAnswer(exchange, `${exchange.status} to ${exchange.headers.location}`),
          ),
        ),
  },
  {
    id: '57a',
    level: 'PROFILE',
    title: 'Playlists are compressed with gzip when that is accepted',
    needs: 'playlist',
    look: (view) =>
      playlistAnswers(view).map((exchange) =>
        unless(exchange.headers['content-encoding'] === 'gzip', () =>
          inAnswer(exchange, `Content-Encoding: ${exchange.headers['content-encoding'] ?? 'none'}`),
        ),
      ),
  },
  {
    id: '57b',
    level: 'PROFILE',
    title: 'Playlists have Vary: Accept-Encoding',
    needs: 'compressed playlist',
    look: (view) =>
      playlistAnswers(view)
        .filter(({ headers }) => headers['content-encoding'] !== undefined)
        .map((exchange) =>
          unless(/accept-encoding|\*/i.test(exchange.headers.vary ?? ''), () =>
            inAnswer(exchange, `Vary: ${exchange.headers.vary ?? 'none'}`),
          ),
        ),
  },
  {
    id: '57c',
    level: 'PROFILE',
    title: 'Media are not compressed',
    needs: 'media',
    look: (view) =>
      [...answers(view, 'part with gzip'), ...mediaAnswers(view)].map((exchange) =>
        unless((exchange.headers['content-encoding'] ?? 'identity') === 'identity', () =>
          inAnswer(exchange, `Content-Encoding: ${exchange.headers['content-encoding']}`),
        ),
      ),
  },
  {
    id: '57d',
    level: 'PROFILE',
    title: 'Playlists are not compressed for those who do not accept it',
    needs: 'request without compression',
    look: (view) =>
      answers(view, 'plain playlist uncompressed').map((exchange) =>
        unless((exchange.headers['content-encoding'] ?? 'identity') === 'identity', () =>
          inAnswer(exchange, `Content-Encoding: ${exchange.headers['content-encoding']}`),
        ),
      ),
  },
  {
    id: '58a',
    level: 'PROFILE',
    title: 'A Range request gets 206 and just those bytes',
    needs: 'request for a range',
    look: (view) =>
      answers(view, 'part range').map((exchange) => {
        const [whole] = answers(view, 'part whole');
        const isRange =
          exchange.status === 206 &&
          exchange.body.length === 8 &&
          /^bytes 4-11\/(\d+|\*)$/.test(exchange.headers['content-range'] ?? '');
        const isRight = whole?.status !== 200 || Buffer.compare(whole.body.subarray(4, 12), exchange.body) === 0;
        return unless(isRange && isRight, () =>
          inAnswer(
            exchange,
            `${exchange.status} with ${exchange.body.length} bytes, Content-Range: ${exchange.headers['content-range'] ?? 'none'}`,
          ),
        );
      }),
  },
  {
    id: '58b',
    level: 'PROFILE',
    title: 'A Range beyond the end gets 416',
    needs: 'request for a range',
    look: (view) =>
      answers(view, 'part range beyond').map((exchange) =>
        unless(exchange.status === 416, () =>
          inAnswer(exchange, `the answer is ${exchange.failure ?? exchange.status}`),
        ),
      ),
  },
  {
    id: '61a',
    level: 'MUST',
    title: 'Playlists are application/vnd.apple.mpegurl or audio/mpegurl, or end in .m3u8',
    needs: 'playlist',
    look: (view) =>
      playlistAnswers(view).map((exchange) => {
        const type = typeOf(exchange);
        const isNamed = new URL(exchange.request.url).pathname.endsWith('.m3u8');
        const isTyped = type === 'application/vnd.apple.mpegurl' || type === 'audio/mpegurl';
        return unless(isTyped || (isNamed && /mpegurl/.test(type)), () => inAnswer(exchange, `Content-Type: ${type}`));
      }),
  },
  {
    id: '61b',
    level: 'INTEROP',
    title: 'Media have the content type of their format',
    needs: 'media',
    look: (view) =>
      view.media.filter(isWhole).map(({ exchange }) => {
        const path = new URL(exchange.request.url).pathname;
        const type = typeOf(exchange);
        const isRight =
          !/\.(mp4|m4s|m4a|m4v|cmfa|cmfv)$/.test(path) || /^(audio|video)\/(mp4|iso\.segment)$/.test(type);
        return unless(isRight, () => inAnswer(exchange, `Content-Type: ${type}`));
      }),
  },
  {
    id: '61c',
    level: 'MUST',
    title: 'Playlists are UTF-8 without a byte order mark',
    needs: 'playlist',
    look: (view) =>
      playlistAnswers(view).map((exchange) => {
        const bytes = unpacked(exchange) ?? new Uint8Array(0);
        return unless(isPlainUtf8(bytes), () =>
          inAnswer(exchange, bytes[0] === 0xef ? 'it begins with a byte order mark' : 'it is no UTF-8'),
        );
      }),
  },
  {
    id: '61d',
    level: 'INTEROP',
    title: 'Pages of every origin may read playlists and media (Access-Control-Allow-Origin)',
    needs: 'playlist or media',
    look: (view) =>
      [...playlistAnswers(view), ...mediaAnswers(view)].map((exchange) =>
        unless(exchange.headers['access-control-allow-origin'] === '*', () =>
          inAnswer(
            exchange,
            `Access-Control-Allow-Origin: ${exchange.headers['access-control-allow-origin'] ?? 'none'}`,
          ),
        ),
      ),
  },
  {
    id: '61e',
    level: 'INTEROP',
    title: 'Pages may read Age and Date (Access-Control-Expose-Headers)',
    needs: 'playlist',
    look: (view) =>
      playlistAnswers(view).map((exchange) => {
        const exposed = (exchange.headers['access-control-expose-headers'] ?? '').toLowerCase();
        const isExposed = exposed.includes('*') || (/\bage\b/.test(exposed) && /\bdate\b/.test(exposed));
        return unless(isExposed, () => inAnswer(exchange, `Access-Control-Expose-Headers: ${exposed || 'none'}`));
      }),
  },
  {
    id: '61f',
    level: 'INTEROP',
    title: 'OPTIONS allows GET with Range from other origins',
    needs: 'OPTIONS request',
    look: (view) =>
      answers(view, 'playlist options').map((exchange) => {
        const { status, headers } = exchange;
        const allowed = (headers['access-control-allow-headers'] ?? '').toLowerCase();
        const isAllowed =
          status >= 200 &&
          status < 300 &&
          headers['access-control-allow-origin'] !== undefined &&
          /\brange\b|\*/.test(allowed);
        return unless(isAllowed, () =>
          inAnswer(exchange, `${status}, Access-Control-Allow-Headers: ${allowed || 'none'}`),
        );
      }),
  },
  {
    id: '61g',
    level: 'INTEROP',
    title: 'HEAD is answered as GET is, without a body',
    needs: 'HEAD request',
    look: (view) =>
      (['multivariant head', 'playlist head', 'init head'] as const).flatMap((name) =>
        answers(view, name).map((exchange) => {
          const isRight =
            exchange.status === 200 && exchange.body.length === 0 && exchange.headers['content-type'] !== undefined;
          return unless(isRight, () =>
            inAnswer(
              exchange,
              `${exchange.failure ?? exchange.status} with ${exchange.body.length} bytes, Content-Type: ${exchange.headers['content-type'] ?? 'none'}`,
            ),
          );
        }),
      ),
  },
  {
    id: '71',
    level: 'MUST',
    title: 'Every URI can be loaded with the first URL alone: no header, no cookie',
    needs: 'request for what a playlist names',
    look: (view) =>
      view.exchanges.map((exchange) =>
        unless(exchange.status !== 401 && exchange.status !== 403, () =>
          inAnswer(exchange, `the answer is ${exchange.status}`),
        ),
      ),
  },
];

/** Answers to all probes of a name. */
export function answers(view: OriginView, name: ProbeName): Exchange[] {
  return view.probes.filter((probe: Probe) => probe.name === name).map(({ exchange }) => exchange);
}

/** Answers that are playlists and were asked for with gzip. */
export function playlistAnswers(view: OriginView): Exchange[] {
  return [view.first, ...view.snapshots.map(({ exchange }) => exchange)].filter(
    ({ request }) => request.headers['accept-encoding'] === 'gzip',
  );
}

/** Answers that are media. */
export function mediaAnswers(view: OriginView): Exchange[] {
  return view.media.filter(isWhole).map(({ exchange }) => exchange);
}

function typeOf({ headers }: Exchange): string {
  return (headers['content-type'] ?? 'none').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function isPlainUtf8(bytes: Uint8Array): boolean {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
