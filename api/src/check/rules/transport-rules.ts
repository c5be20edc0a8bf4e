import type { TransportFacts } from '../http-port.ts';
import { inAnswer, type OriginView, secondsText } from '../origin-view.ts';
import type { Look, Rule } from '../rule.ts';
import { answers, mediaAnswers, playlistAnswers } from './http-rules.ts';
import { unless } from './looks.ts';

/** Rules about the connection (checklist 55, 56, 60, 62, 63) and what cannot be seen from outside. */
export const TRANSPORT_RULES: readonly Rule[] = [
  {
    id: '55a',
    level: 'PROFILE',
    title: 'The origin speaks HTTP/2 or HTTP/3 over TLS (Apple players need it for low latency)',
    needs: 'connection',
    look: (view) =>
      connection(view, ({ protocol, tls }) =>
        unless(tls !== undefined && protocol === 'h2', () => ({
          detail: `${protocol}${tls === undefined ? ' without TLS' : ` over ${tls}`}`,
          url: view.url,
        })),
      ),
  },
  {
    id: '55b',
    level: 'PROFILE',
    title: 'HTTP/2 PING is answered',
    needs: 'HTTP/2 connection',
    look: (view) =>
      connection(view, ({ pingAnswered }) =>
        pingAnswered === undefined
          ? 'nothing'
          : unless(pingAnswered, () => ({ detail: 'there was no answer', url: view.url })),
      ),
  },
  {
    id: '55c',
    level: 'SHOULD',
    title: 'TLS 1.3',
    needs: 'connection with TLS',
    look: (view) =>
      connection(view, ({ tls }) =>
        tls === undefined ? 'nothing' : unless(tls === 'TLSv1.3', () => ({ detail: tls, url: view.url })),
      ),
  },
  {
    id: '55d',
    level: 'SHOULD',
    title: '0-RTT for playlists and segments',
    notCheckable: 'Node speaks no TLS 1.3 early data as a client.',
  },
  {
    id: '56',
    level: 'PROFILE',
    title: 'Over HTTP/2, answers have `priority`: playlists u=1, media u=2 to u=6 (RFC 9218)',
    needs: 'HTTP/2 connection',
    look: (view) => {
      const overH2 = (exchanges: ReturnType<typeof mediaAnswers>) =>
        exchanges.filter(({ protocol }) => protocol === 'h2');
      const look = (pattern: RegExp) => (exchange: ReturnType<typeof mediaAnswers>[number]) =>
        unless(pattern.test(exchange.headers.priority ?? ''), () =>
          inAnswer(exchange, `priority: ${exchange.headers.priority ?? 'none'}`),
        );
      return [
        ...overH2(playlistAnswers(view)).map(look(/\bu=1\b/)),
        ...overH2(mediaAnswers(view)).map(look(/\bu=[2-6]\b/)),
      ];
    },
  },
  {
    id: '60a',
    level: 'PROFILE',
    title: 'Caches set Age',
    needs: 'answer that a cache marked as its own',
    look: (view) =>
      view.exchanges
        .filter(({ headers }) =>
          /\bhit\b/i.test(
            `${headers['x-cache'] ?? ''} ${headers['cf-cache-status'] ?? ''} ${headers['x-cache-status'] ?? ''}`,
          ),
        )
        .map((exchange) =>
          unless(exchange.headers.age !== undefined, () => inAnswer(exchange, 'a cache hit without Age')),
        ),
  },
  {
    id: '60b',
    level: 'PROFILE',
    title: 'Concurrent identical blocking requests are one request to the origin',
    notCheckable: 'What a cache asks its origin cannot be seen from outside.',
  },
  {
    id: '62',
    level: 'PROFILE',
    title: 'Every server offers every variant; SACK, ECN, TCP timestamps and RACK on the way',
    notCheckable: 'Options of TCP and the servers behind one address cannot be seen from a program.',
  },
  {
    id: '63a',
    level: 'MUST',
    title: 'PART-TARGET is no less than the 95th percentile of round-trip times (Apple 14.2; from here)',
    needs: 'low-latency playlist',
    look: (view) => roundTrip(view, 1),
  },
  {
    id: '63b',
    level: 'SHOULD',
    title: 'PART-TARGET is no less than three times that',
    needs: 'low-latency playlist',
    look: (view) => roundTrip(view, 3),
  },
];

/** What takes more than one look at a running origin. */
export const BEHAVIOUR_RULES: readonly Rule[] = [
  {
    id: '65',
    level: 'INTEROP',
    title: 'Targets and hold-backs stay the same for an hour',
    notCheckable: 'A check is shorter; rules 2b, 5b and 7e tell for its time.',
  },
  {
    id: '66',
    level: 'INTEROP',
    title: 'A publisher may drop for 30 s without a gap for listeners',
    notCheckable: 'The publisher is not in the hands of the checker.',
  },
  {
    id: '68',
    level: 'INTEROP',
    title: '1,000 waiters are released within 50 ms',
    notCheckable: 'A check is no load test; `npm run bench origin` is.',
  },
  {
    id: '69',
    level: 'INTEROP',
    title: 'hls.js, Shaka, video.js, ffmpeg, mpv and GStreamer play for ten minutes',
    notCheckable: 'A check plays nothing; `npm run interop` does.',
  },
  {
    id: '70',
    level: 'INTEROP',
    title: 'Behind a cache a player is at the edge after two requests',
    notCheckable: 'It depends on the cache and how long it holds a playlist.',
  },
];

function connection(view: OriginView, look: (facts: TransportFacts) => Look | 'nothing'): Look[] {
  const seen = view.transport === undefined ? 'nothing' : look(view.transport);
  return seen === 'nothing' ? [] : [seen];
}

function roundTrip(view: OriginView, times: number): Look[] {
  const trips = [...answers(view, 'playlist head'), ...answers(view, 'playlist options')]
    .filter(({ status }) => status > 0)
    .map(({ headAt, sentAt }) => headAt - sentAt)
    .sort((a, b) => a - b);
  const p95 = trips[Math.min(trips.length - 1, Math.ceil(trips.length * 0.95) - 1)];
  const partTarget = view.latest[0]?.playlist.partTarget;
  if (p95 === undefined || partTarget === undefined) return [];
  return [
    unless(partTarget * 1000 >= times * p95, () => ({
      detail: `the round trip takes ${Math.round(p95)} ms, PART-TARGET is ${secondsText(partTarget)}`,
      url: view.url,
    })),
  ];
}
