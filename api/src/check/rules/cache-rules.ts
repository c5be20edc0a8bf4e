import type { Exchange } from '../observations.ts';
import { inAnswer, type OriginView } from '../origin-view.ts';
import type { Look, Rule } from '../rule.ts';
import { answers, mediaAnswers } from './http-rules.ts';
import { unless } from './looks.ts';

/** Rules about Cache-Control (checklist 59); times are multiples of the target duration, rounded to whole seconds. */
export const CACHE_RULES: readonly Rule[] = [
  {
    id: '59a',
    level: 'SHOULD',
    title: 'Blocking playlists may be cached for six target durations',
    needs: 'answer to a blocking reload',
    look: (view) =>
      view.snapshots
        .filter(({ directives, errand }) => directives.msn !== undefined && errand === 'follow')
        .map(({ exchange }) => lifetime(view, exchange, { least: 6, most: 6 })),
  },
  {
    id: '59b',
    level: 'SHOULD',
    title: 'Other playlists may be cached for half a target duration at most',
    needs: 'playlist without directives',
    look: (view) =>
      answers(view, 'plain playlist').map((exchange) => lifetime(view, exchange, { least: 0, most: 0.5 })),
  },
  {
    id: '59c',
    level: 'SHOULD',
    title: 'Media may be cached for at least six target durations',
    needs: 'media',
    look: (view) =>
      mediaAnswers(view).map((exchange) => lifetime(view, exchange, { least: 6, most: Number.POSITIVE_INFINITY })),
  },
  {
    id: '59d',
    level: 'SHOULD',
    title: 'A 404 may be cached for one target duration at most',
    needs: 'answer with 404',
    look: (view) =>
      answers(view, 'unknown media')
        .filter(({ status }) => status === 404)
        .map((exchange) => lifetime(view, exchange, { least: 0, most: 1 })),
  },
  {
    id: '59e',
    level: 'INTEROP',
    title: 'A 400 or 503 at the live edge is not cached',
    needs: 'answer with 400 or 503',
    look: (view) =>
      view.exchanges
        .filter(({ status }) => status === 400 || status === 503)
        .map((exchange) =>
          unless(maxAge(exchange) === 0, () =>
            inAnswer(exchange, `${exchange.status} with Cache-Control: ${exchange.headers['cache-control'] ?? 'none'}`),
          ),
        ),
  },
];

/** Seconds for which a shared cache may keep an answer; undefined when it does not say. */
function maxAge({ headers }: Exchange): number | undefined {
  const control = headers['cache-control'] ?? '';
  if (/\b(no-store|no-cache|private)\b/i.test(control)) return 0;
  const shared = /\bs-maxage=(\d+)/i.exec(control) ?? /\bmax-age=(\d+)/i.exec(control);
  return shared === null ? undefined : Number(shared[1]);
}

/** Looks at whether an answer may be kept for a time between two multiples of the target duration. */
function lifetime(view: OriginView, exchange: Exchange, { least, most }: { least: number; most: number }): Look {
  const targetDuration = view.latest[0]?.playlist.targetDuration ?? 0;
  const seconds = maxAge(exchange);
  const inOrder =
    seconds !== undefined &&
    seconds >= least * targetDuration - 1 &&
    seconds <= Math.max(1, Math.ceil(most * targetDuration));
  return unless(inOrder, () =>
    inAnswer(
      exchange,
      `Cache-Control: ${exchange.headers['cache-control'] ?? 'none'}, the target duration is ${targetDuration} s`,
    ),
  );
}
