import type { MediaPlaylist } from '@awaz/transcoder/hls';
import { inPlaylist, listedOf, type OriginView, type Parsed, secondsText } from '../origin-view.ts';
import { compareEdges, edgeOf } from '../playlist-text.ts';
import type { Look, Rule } from '../rule.ts';
import { each, unless } from './looks.ts';
import { tagsOf } from './tags.ts';

/** Rules about a playlist that slides over time (checklist 11, 12, 22, 26, 64). */
export const WINDOW_RULES: readonly Rule[] = [
  {
    id: '11a',
    level: 'MUST',
    title: 'EXT-X-MEDIA-SEQUENCE stands once, before the first segment',
    needs: 'sliding playlist',
    look: (view) =>
      each(view, (snapshot, playlist) => {
        const tags = tagsOf(snapshot, '#EXT-X-MEDIA-SEQUENCE');
        const first = snapshot.lines.findIndex((line) => line.kind === 'uri' || line.name === '#EXT-X-PART');
        const at = tags[0]?.line ?? 0;
        if (tags.length === 0)
          return unless(playlist.mediaSequence === 0 && !slides(view, snapshot.rendition), () =>
            inPlaylist(snapshot, 'it is missing'),
          );
        const isBefore = first < 0 || at < (snapshot.lines[first]?.line ?? 0);
        return unless(tags.length === 1 && isBefore, () =>
          inPlaylist(snapshot, `${tags.length} of them, the first in line ${at}`, '#EXT-X-MEDIA-SEQUENCE'),
        );
      }),
  },
  {
    id: '11b',
    level: 'MUST',
    title: 'The media sequence number never decreases, and grows by one for each removed segment',
    needs: 'second playlist of a rendition',
    look: (view) => view.steps.map(([before, after]) => judgeHead(before, after)),
  },
  {
    id: '11c',
    level: 'INTEROP',
    title: 'EXT-X-MEDIA-SEQUENCE stands before EXT-X-SKIP',
    needs: 'delta update',
    look: (view) =>
      view.parsed
        .filter(({ playlist }) => playlist.skip !== undefined)
        .map((snapshot) => {
          const [sequence, skip] = [tagsOf(snapshot, '#EXT-X-MEDIA-SEQUENCE')[0], tagsOf(snapshot, '#EXT-X-SKIP')[0]];
          return unless((sequence?.line ?? 0) < (skip?.line ?? 0), () =>
            inPlaylist(snapshot, 'EXT-X-SKIP comes first', '#EXT-X-SKIP'),
          );
        }),
  },
  {
    id: '12a',
    level: 'MUST',
    title: 'EXT-X-DISCONTINUITY-SEQUENCE grows by one for each removed discontinuity',
    needs: 'removed segment in a playlist with discontinuities',
    look: (view) => view.steps.flatMap(([before, after]) => judgeDiscontinuities(before, after)),
  },
  {
    id: '22a',
    level: 'MUST',
    title: 'A new part comes within one part target of the last (99 % within 100 ms more)',
    needs: 'second part while the live edge was followed',
    look: (view) => view.followed.flatMap(partIntervals),
  },
  {
    id: '22b',
    level: 'MUST',
    title: 'A new segment comes within 1.5 target durations of the last',
    needs: 'second segment while the live edge was followed',
    look: (view) =>
      view.followed.flatMap((list) =>
        newsOf(list, (playlist) => edgeOf(playlist).lastMsn).map(({ snapshot, afterMs }) =>
          unless(afterMs <= snapshot.playlist.targetDuration * 1500 + 100, () =>
            inPlaylist(
              snapshot,
              `${secondsText(afterMs / 1000)} after the last, the target duration is ${snapshot.playlist.targetDuration} s`,
            ),
          ),
        ),
      ),
  },
  {
    id: '26a',
    level: 'MUST',
    title: 'A segment keeps its URI, duration and tags under its number for ever',
    needs: 'segment in two playlists',
    look: (view) => view.steps.flatMap(([before, after]) => changedSegments(before, after)),
  },
  {
    id: '26b',
    level: 'MUST',
    title: 'What was listed at the end stays: no playlist goes back',
    needs: 'second playlist of a rendition',
    look: (view) =>
      view.steps.map(([before, after]) => {
        const [was, is] = [edgeOf(before.playlist), edgeOf(after.playlist)];
        return unless(compareEdges(is, was) >= 0, () =>
          inPlaylist(
            after,
            `ended at ${was.lastMsn} and ${was.openParts} parts, then at ${is.lastMsn} and ${is.openParts}`,
          ),
        );
      }),
  },
  {
    id: '64a',
    level: 'MUST',
    title: 'Nothing changes after EXT-X-ENDLIST',
    needs: 'playlist that ended',
    look: (view) =>
      view.followed.flatMap((list) => {
        const end = list.findIndex(({ playlist }) => playlist.ended);
        return end < 0
          ? []
          : list
              .slice(end + 1)
              .map((later) =>
                unless(later.text === list[end]?.text, () => inPlaylist(later, 'it is another text than before')),
              );
      }),
  },
  {
    id: '64b',
    level: 'SHOULD',
    title: 'A removed presentation answers 404 or 410, and its media stay for the length of the playlist',
    notCheckable: 'A check ends with the presentation.',
  },
];

function slides(view: OriginView, rendition: number): boolean {
  return view.steps.some(
    ([a, b]) => a.rendition === rendition && a.playlist.segments[0]?.uri !== b.playlist.segments[0]?.uri,
  );
}

/** RFC 8216bis 6.2.2: the number grows by one for each segment that is removed, so what is left keeps its number. */
function judgeHead(before: Parsed, after: Parsed): Look {
  const [was, is] = [before.playlist.mediaSequence, after.playlist.mediaSequence];
  if (is < was) return inPlaylist(after, `it was ${was} and is ${is}`, '#EXT-X-MEDIA-SEQUENCE');
  const first = after.playlist.segments[0];
  const place = before.playlist.segments.findIndex(
    (segment) => segment.uri === first?.uri && segment.byteRange === first?.byteRange,
  );
  if (place < 0 || place === is - was) return undefined;
  return inPlaylist(
    after,
    `${place} segments were removed, and the number grew by ${is - was} to ${is}`,
    '#EXT-X-MEDIA-SEQUENCE',
  );
}

function judgeDiscontinuities(before: Parsed, after: Parsed): Look[] {
  const count = after.playlist.mediaSequence - before.playlist.mediaSequence;
  const gone = before.playlist.segments.slice(0, Math.max(0, count)).filter((segment) => segment.discontinuity).length;
  const [was, is] = [before.playlist.discontinuitySequence ?? 0, after.playlist.discontinuitySequence ?? 0];
  const isSpoken = [before, after].some(
    ({ playlist }) =>
      playlist.discontinuitySequence !== undefined || listedOf(playlist).some(({ parent }) => parent.discontinuity),
  );
  if (!isSpoken || count <= 0) return [];
  return [
    unless(is - was === gone, () =>
      inPlaylist(
        after,
        `it was ${was} and is ${is}; ${gone} discontinuities were removed`,
        '#EXT-X-DISCONTINUITY-SEQUENCE',
      ),
    ),
  ];
}

type News = { snapshot: Parsed; afterMs: number };

/** The playlists in which a number grew, and how long after the last time that was. */
function newsOf(list: readonly Parsed[], read: (playlist: MediaPlaylist) => number): News[] {
  const news: News[] = [];
  let last: { value: number; at: number | undefined } | undefined;
  for (const snapshot of list) {
    const value = read(snapshot.playlist);
    const at = snapshot.exchange.endedAt;
    if (snapshot.playlist.ended) break;
    if (last === undefined) last = { value, at: undefined };
    else if (value > last.value) {
      // When the first playlist had been published is not known.
      if (last.at !== undefined) news.push({ snapshot, afterMs: at - last.at });
      last = { value, at };
    }
  }
  return news;
}

/** Parts are counted over segments; a segment is taken to have at most this many. */
const PARTS_PER_SEGMENT = 1_000_000;

/** More than this share of late parts breaks the rule. */
const LATE_SHARE = 0.01;

function partIntervals(list: readonly Parsed[]): Look[] {
  const partTarget = list[0]?.playlist.partTarget;
  if (partTarget === undefined) return [];
  const news = newsOf(list, (playlist) => {
    const edge = edgeOf(playlist);
    return edge.lastMsn * PARTS_PER_SEGMENT + edge.openParts;
  });
  const looks = news.map(({ snapshot, afterMs }) =>
    unless(afterMs <= partTarget * 1000 + 100, () =>
      inPlaylist(snapshot, `${secondsText(afterMs / 1000)} after the last, PART-TARGET is ${secondsText(partTarget)}`),
    ),
  );
  const late = looks.filter((look) => look !== undefined).length;
  const isExcused =
    late <= Math.max(1, looks.length * LATE_SHARE) && news.every(({ afterMs }) => afterMs <= partTarget * 2000 + 100);
  return isExcused ? looks.map(() => undefined) : looks;
}

function changedSegments(before: Parsed, after: Parsed): Look[] {
  const was = new Map(listedOf(before.playlist).map((listed) => [listed.msn, listed.segment]));
  return listedOf(after.playlist).flatMap(({ msn, segment }) => {
    const known = was.get(msn);
    if (known === undefined || segment === undefined) return [];
    const same = segmentText(known) === segmentText(segment);
    return [
      unless(same, () =>
        inPlaylist(after, `segment ${msn} was ${segmentText(known)}, now it is ${segmentText(segment)}`, segment.uri),
      ),
    ];
  });
}

function segmentText(segment: MediaPlaylist['segments'][number]): string {
  const { uri, durationSeconds, byteRange, discontinuity, gap, programDateTime } = segment;
  return [
    uri,
    durationSeconds,
    byteRange,
    discontinuity ? 'discontinuity' : undefined,
    gap ? 'gap' : undefined,
    programDateTime,
  ]
    .filter((value) => value !== undefined)
    .join(' ');
}
