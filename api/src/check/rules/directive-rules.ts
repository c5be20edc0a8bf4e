import type { Exchange, Probe, ProbeName, Snapshot } from '../observations.ts';
import { inAnswer, inPlaylist, type OriginView } from '../origin-view.ts';
import { compareEdges, edgeOf, textOf } from '../playlist-text.ts';
import type { Look, Rule } from '../rule.ts';
import { unless } from './looks.ts';

/** What has to be answered at once may take this long, in ms: no server needs more, and no hold is shorter. */
const AT_ONCE_MS = 1000;

/** Rules about delivery directives (checklist 36 to 43 and 48). */
export const DIRECTIVE_RULES: readonly Rule[] = [
  {
    id: '36',
    level: 'MUST',
    title: '_HLS_msn alone is held until that whole segment is listed',
    needs: 'request for the next segment',
    look: (view) =>
      answersTo(view, 'next segment').map(({ probe, snapshot }) => {
        const wanted = probe.directives.msn ?? 0;
        return unless(lastMsnOf(snapshot) >= wanted, () =>
          inAnswer(probe.exchange, `asked for segment ${wanted}, ${answerText(probe.exchange, snapshot)}`),
        );
      }),
  },
  {
    id: '37',
    level: 'MUST',
    title: '_HLS_msn with _HLS_part is held until that part is listed',
    needs: 'blocking reload',
    look: (view) =>
      view.snapshots
        .filter(
          ({ errand, directives }) =>
            directives.msn !== undefined &&
            directives.part !== undefined &&
            (errand === 'follow' || errand === 'delta'),
        )
        .map((snapshot) =>
          unless(hasReached(snapshot), () =>
            inAnswer(
              snapshot.exchange,
              `asked for part ${snapshot.directives.part} of ${snapshot.directives.msn}, ${answerText(snapshot.exchange, snapshot)}`,
            ),
          ),
        ),
  },
  {
    id: '38',
    level: 'MUST',
    title: 'A part beyond the last of its segment means the first part of the next segment',
    needs: 'request for a part beyond the last',
    look: (view) =>
      answersTo(view, 'part beyond the last').map(({ probe, snapshot }) => {
        const wanted = { lastMsn: probe.directives.msn ?? 0, openParts: 1 };
        const isThere = snapshot?.playlist !== undefined && compareEdges(edgeOf(snapshot.playlist), wanted) >= 0;
        return unless(isThere, () =>
          inAnswer(
            probe.exchange,
            `asked for part ${probe.directives.part} of ${probe.directives.msn}, ${answerText(probe.exchange, snapshot)}`,
          ),
        );
      }),
  },
  {
    id: '39',
    level: 'MUST',
    title: 'A request for what is there already, or too old, gets the current playlist at once',
    needs: 'request for an old segment',
    look: (view) => [...answersTo(view, 'stale msn'), ...answersTo(view, 'reached msn')].map(judgeReached),
  },
  {
    id: '40a',
    level: 'SHOULD',
    title: '_HLS_msn of more than the last and two is answered with 400 at once',
    needs: 'request far ahead',
    look: (view) => answersTo(view, 'msn far ahead').map(({ probe }) => refused(probe)),
  },
  {
    id: '40b',
    level: 'SHOULD',
    title: '_HLS_part beyond the advance part limit is answered with 400 at once',
    needs: 'request far ahead in a playlist with parts',
    look: (view) => answersTo(view, 'part far ahead').map(({ probe }) => refused(probe)),
  },
  {
    id: '41a',
    level: 'MUST',
    title: '_HLS_part without _HLS_msn is answered with 400',
    needs: 'such request',
    look: (view) => answersTo(view, 'part without msn').map(({ probe }) => refused(probe)),
  },
  {
    id: '41b',
    level: 'INTEROP',
    title: '_HLS_msn that is no number, negative or given twice is answered with 400',
    needs: 'such request',
    look: (view) =>
      (['msn not a number', 'msn negative', 'msn given twice'] as const).flatMap((name) =>
        answersTo(view, name).map(({ probe }) => refused(probe)),
      ),
  },
  {
    id: '42',
    level: 'SHOULD',
    title: 'What is held for more than three target durations is answered with 503, never with an unchanged playlist',
    needs: 'request that was held that long',
    look: (view) =>
      view.exchanges
        .filter((exchange) => wasHeldTooLong(view, exchange))
        .map((exchange) => unless(exchange.status === 503, () => inAnswer(exchange, heldText(exchange)))),
  },
  {
    id: '43',
    level: 'MUST',
    title: 'After EXT-X-ENDLIST directives are ignored: the playlist comes at once',
    needs: 'playlist that ended',
    look: (view) => answersTo(view, 'after end with directives').map(({ probe }) => answeredAtOnce(probe.exchange)),
  },
  {
    id: '48a',
    level: 'PROFILE',
    title: 'The same request gets the same playlist',
    needs: 'pair of such requests while the playlist stayed the same',
    look: (view) => pairs(view, 'repeated one', 'repeated two'),
  },
  {
    id: '48b',
    level: 'PROFILE',
    title: 'Unknown directives and other query parameters change nothing',
    needs: 'such request',
    look: (view) =>
      (['unknown directive', 'other query'] as const).flatMap((name) =>
        answersTo(view, name).map(({ probe }) => answeredAtOnce(probe.exchange)),
      ),
  },
  {
    id: '48c',
    level: 'INTEROP',
    title: 'The order of query parameters does not matter',
    needs: 'pair of such requests while the playlist stayed the same',
    look: (view) => pairs(view, 'order one', 'order two'),
  },
];

/** A probe, and the playlist that it got. */
type Answered = { probe: Probe; snapshot: Snapshot | undefined };

/** Probes of a name with what they got. */
export function answersTo(view: OriginView, name: ProbeName): Answered[] {
  return view.probes
    .filter((probe) => probe.name === name)
    .map((probe) => ({ probe, snapshot: view.snapshots.find(({ exchange }) => exchange === probe.exchange) }));
}

function lastMsnOf(snapshot: Snapshot | undefined): number {
  return snapshot?.playlist === undefined ? -1 : edgeOf(snapshot.playlist).lastMsn;
}

function hasReached({ playlist, directives }: Snapshot): boolean {
  // An unreadable playlist is the matter of another rule.
  if (playlist === undefined || playlist.ended) return true;
  const { msn = 0, part = 0 } = directives;
  return compareEdges(edgeOf(playlist), { lastMsn: msn - 1, openParts: part + 1 }) >= 0;
}

function judgeReached({ probe, snapshot }: Answered): Look {
  const { exchange, known } = probe;
  const late = answeredAtOnce(exchange);
  if (late !== undefined || snapshot?.playlist === undefined) return late;
  const isCurrent = compareEdges(edgeOf(snapshot.playlist), known) >= 0 && snapshot.playlist.segments.length > 0;
  return unless(isCurrent, () => inAnswer(exchange, `not the current playlist: ${answerText(exchange, snapshot)}`));
}

function answeredAtOnce(exchange: Exchange): Look {
  const took = exchange.endedAt - exchange.sentAt;
  if (exchange.status !== 200) return inAnswer(exchange, `the answer is ${exchange.failure ?? exchange.status}`);
  return unless(took <= AT_ONCE_MS, () => inAnswer(exchange, `the answer took ${Math.round(took)} ms`));
}

function refused({ exchange }: Probe): Look {
  const took = exchange.endedAt - exchange.sentAt;
  if (exchange.status !== 400) return inAnswer(exchange, `the answer is ${exchange.failure ?? exchange.status}`);
  return unless(took <= AT_ONCE_MS, () => inAnswer(exchange, `the answer took ${Math.round(took)} ms`));
}

function targetOf(view: OriginView): number {
  return view.latest[0]?.playlist.targetDuration ?? Number.POSITIVE_INFINITY;
}

function wasHeldTooLong(view: OriginView, { request, status, headAt, sentAt }: Exchange): boolean {
  if (!/[?&]_HLS_msn=/.test(request.url) || status === 0) return false;
  // A stretch is allowed for: the clock of the server began later.
  return headAt - sentAt >= 3000 * targetOf(view) - 50;
}

function heldText({ status, headAt, sentAt }: Exchange): string {
  return `held for ${Math.round((headAt - sentAt) / 100) / 10} s, then answered with ${status}`;
}

function answerText(exchange: Exchange, snapshot: Snapshot | undefined): string {
  if (snapshot?.playlist === undefined) return `got ${exchange.failure ?? exchange.status}`;
  const { lastMsn, openParts } = edgeOf(snapshot.playlist);
  return `got a playlist up to segment ${lastMsn} and ${openParts} parts after it`;
}

/** Two requests that have to get the same text, if the playlist did not move between them. */
function pairs(view: OriginView, first: ProbeName, second: ProbeName): Look[] {
  const ones = answersTo(view, first);
  return answersTo(view, second).flatMap((two, place) => {
    const one = ones[place];
    const [a, b] = [one?.snapshot?.playlist, two.snapshot?.playlist];
    if (one === undefined || one.probe.exchange.status !== two.probe.exchange.status) {
      return [
        inAnswer(two.probe.exchange, `the answers are ${one?.probe.exchange.status} and ${two.probe.exchange.status}`),
      ];
    }
    if (a === undefined || b === undefined || compareEdges(edgeOf(a), edgeOf(b)) !== 0 || two.snapshot === undefined)
      return [];
    const snapshot = two.snapshot;
    return [
      unless(textOf(one.probe.exchange) === textOf(two.probe.exchange), () =>
        inPlaylist(snapshot, 'not the same text'),
      ),
    ];
  });
}
