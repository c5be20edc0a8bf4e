import { inAnswer, inPlaylist, isWhole, type OriginView, type Parsed, partsOf } from '../origin-view.ts';
import { edgeOf } from '../playlist-text.ts';
import type { Look, Rule } from '../rule.ts';
import { unless } from './looks.ts';
import { attributesOf } from './tags.ts';

/** Rules about preload hints (checklist 30 to 35). */
export const HINT_RULES: readonly Rule[] = [
  {
    id: '30a',
    level: 'PROFILE',
    title: 'A live playlist with parts has exactly one EXT-X-PRELOAD-HINT of TYPE=PART',
    needs: 'live playlist with parts',
    look: (view) =>
      livePlaylists(view).map((snapshot) => {
        const count = hintsOf(snapshot).filter((hint) => hint.get('TYPE') === 'PART').length;
        return unless(count === 1, () => inPlaylist(snapshot, `${count} of them`, '#EXT-X-PRELOAD-HINT'));
      }),
  },
  {
    id: '30b',
    level: 'MUST',
    title: 'The hinted URI is that of the next EXT-X-PART',
    needs: 'hint whose part was listed later',
    look: (view) => view.steps.flatMap(([before, after]) => judgeHint(before, after)),
  },
  {
    id: '31',
    level: 'PROFILE',
    title: 'A new init section is hinted by TYPE=MAP',
    needs: 'new init section',
    look: (view) =>
      view.steps.flatMap(([before, after]) => {
        const [was, is] = [before, after].map(({ playlist }) => playlist.openSegment?.map?.uri);
        if (is === undefined || is === was || is === before.playlist.map?.uri) return [];
        const isHinted = hintsOf(before).some((hint) => hint.get('TYPE') === 'MAP' && hint.get('URI') === is);
        return [unless(isHinted, () => inPlaylist(after, `${is} was not hinted`, is))];
      }),
  },
  {
    id: '32a',
    level: 'MUST',
    title: 'A hinted part may be asked for at once, and is held until it can be sent',
    needs: 'hinted part',
    look: (view) =>
      view.media
        .filter(({ errand }) => errand === 'hinted')
        // Whoever ends a broadcast releases those who wait for its next part.
        .filter((fetch) => !(hasEnded(view) && fetch.exchange.status === 404))
        .map((fetch) =>
          unless(isWhole(fetch), () =>
            inAnswer(fetch.exchange, `the answer is ${fetch.exchange.failure ?? fetch.exchange.status}`),
          ),
        ),
  },
  {
    id: '32b',
    level: 'MUST',
    title: 'No byte of a hinted part is sent before the whole part can go at the speed of the link',
    needs: 'hinted part',
    look: trickle,
  },
  {
    id: '32c',
    level: 'MUST',
    title: 'What a hint gave is what the part later has',
    needs: 'hinted part that was loaded again when it was listed',
    look: (view) =>
      view.media
        .filter((fetch) => fetch.errand === 'hinted' && isWhole(fetch))
        .flatMap((hinted) => {
          const listed = view.media.find(
            (fetch) =>
              fetch.errand === 'listed' && fetch.exchange.request.url === hinted.exchange.request.url && isWhole(fetch),
          );
          if (listed === undefined || listed.exchange.request.headers.range !== undefined) return [];
          const [a, b] = [hinted.exchange.body, listed.exchange.body];
          return [
            unless(Buffer.compare(a, b) === 0, () =>
              inAnswer(hinted.exchange, `${a.length} bytes, ${b.length} when it was listed, and not the same`),
            ),
          ];
        }),
  },
  {
    id: '33a',
    level: 'SHOULD',
    title: 'An unknown resource that no hint names is answered with 404 at once',
    needs: 'request for unknown media',
    look: (view) =>
      view.probes
        .filter(({ name }) => name === 'unknown media')
        .map(({ exchange }) =>
          unless(exchange.status === 404 || exchange.status === 410, () =>
            inAnswer(exchange, `the answer is ${exchange.failure ?? exchange.status}`),
          ),
        ),
  },
  {
    id: '33b',
    level: 'SHOULD',
    title: 'A hinted resource that is cancelled is answered with 404',
    needs: 'hint that was cancelled by the end of the broadcast',
    look: (view) =>
      view.media
        .filter((fetch) => fetch.errand === 'hinted' && hasEnded(view) && !isWhole(fetch))
        .map(({ exchange }) =>
          unless(exchange.status === 404, () =>
            inAnswer(exchange, `the answer is ${exchange.failure ?? exchange.status}`),
          ),
        ),
  },
  {
    id: '34',
    level: 'SHOULD',
    title: 'A hint of a sub-range has BYTERANGE-START',
    needs: 'hint with a range',
    look: (view) =>
      view.parsed.flatMap((snapshot) =>
        hintsOf(snapshot)
          .filter((hint) => [...hint.keys()].some((name) => name.startsWith('BYTERANGE')))
          .map((hint) =>
            unless(hint.has('BYTERANGE-START'), () =>
              inPlaylist(snapshot, [...hint.keys()].join(', '), '#EXT-X-PRELOAD-HINT'),
            ),
          ),
      ),
  },
  {
    id: '35',
    level: 'MUST',
    title: 'No EXT-X-PRELOAD-HINT stands beside EXT-X-ENDLIST',
    needs: 'playlist that ended',
    look: (view) =>
      view.parsed
        .filter(({ playlist }) => playlist.ended)
        .map((snapshot) =>
          unless(hintsOf(snapshot).length === 0, () => inPlaylist(snapshot, 'there is one', '#EXT-X-PRELOAD-HINT')),
        ),
  },
];

const hintsOf = (snapshot: Parsed) => attributesOf(snapshot, '#EXT-X-PRELOAD-HINT');

function livePlaylists(view: OriginView): Parsed[] {
  return view.parsed.filter(({ playlist }) => playlist.partTarget !== undefined && !playlist.ended);
}

function hasEnded(view: OriginView): boolean {
  return view.latest.some(({ playlist }) => playlist.ended);
}

function judgeHint(before: Parsed, after: Parsed): Look[] {
  const hint = hintsOf(before).find((candidate) => candidate.get('TYPE') === 'PART');
  const { lastMsn, openParts } = edgeOf(before.playlist);
  const parts = partsOf(after.playlist);
  const next =
    parts.find(({ msn, index }) => msn === lastMsn + 1 && index === openParts) ??
    // The hint may have been for the first part of another segment, when this one ended early.
    parts.find(({ msn, index }) => msn === lastMsn + 2 && index === 0);
  if (hint === undefined || next === undefined) return [];
  const hinted = hint.get('URI');
  const isKept = hinted === next.part.uri;
  return [
    unless(isKept, () => inPlaylist(before, `${hinted} was hinted, ${next.part.uri} came`, '#EXT-X-PRELOAD-HINT')),
  ];
}

/** How much slower than later a hinted part may come in once it has begun, in ms and as a factor. */
const TRICKLE_MS = 50;
const TRICKLE_FACTOR = 4;

/** Share of hinted parts (and at least one) that may: a network stalls now and then, a server that trickles does so always. */
const TRICKLE_SHARE = 0.05;

function trickle(view: OriginView): Look[] {
  const looks = view.media
    .filter((fetch) => fetch.errand === 'hinted' && isWhole(fetch))
    .map(({ exchange }) => {
      const again = view.media.find(
        (fetch) => fetch.errand === 'listed' && fetch.exchange.request.url === exchange.request.url,
      );
      const usual = again === undefined ? 0 : again.exchange.endedAt - again.exchange.headAt;
      const took = exchange.endedAt - exchange.headAt;
      return unless(took <= TRICKLE_MS + TRICKLE_FACTOR * usual, () =>
        inAnswer(
          exchange,
          `its ${exchange.body.length} bytes took ${Math.round(took)} ms after the head of the answer, later ${Math.round(usual)} ms`,
        ),
      );
    });
  const slow = looks.filter((look) => look !== undefined).length;
  return slow <= Math.max(1, looks.length * TRICKLE_SHARE) ? looks.map(() => undefined) : looks;
}
