import {
  inAnswer,
  inPlaylist,
  isWhole,
  type ListedPart,
  listedOf,
  type OriginView,
  type Parsed,
  partsOf,
} from '../origin-view.ts';
import type { Look, Rule } from '../rule.ts';
import { isAudioOnly } from './codecs.ts';
import { EPSILON, unless } from './looks.ts';
import { attributesOf } from './tags.ts';

/** What must stand before the first part of a segment, for a playlist that gains it later has changed the past. */
const PARENT_TAGS = new Set(['#EXT-X-DISCONTINUITY', '#EXT-X-KEY', '#EXT-X-MAP', '#EXT-X-PROGRAM-DATE-TIME']);

/** Rules about parts in playlists (checklist 16 to 20, 26 to 28, 67). */
export const PART_RULES: readonly Rule[] = [
  {
    id: '16a',
    level: 'MUST',
    title: 'Each EXT-X-PART has URI and DURATION',
    needs: 'part',
    look: (view) =>
      view.snapshots.flatMap((snapshot) =>
        attributesOf(snapshot, '#EXT-X-PART').map((part) =>
          unless(part.has('URI') && part.has('DURATION'), () =>
            inPlaylist(snapshot, `a part has only ${[...part.keys()].join(', ')}`),
          ),
        ),
      ),
  },
  {
    id: '16b',
    level: 'MUST',
    title: 'No part is longer than PART-TARGET',
    needs: 'part',
    look: (view) =>
      eachPart(view, (snapshot, { part }, partTarget) =>
        unless(part.durationSeconds <= partTarget + EPSILON, () =>
          inPlaylist(snapshot, `${part.uri} has ${part.durationSeconds} s, PART-TARGET is ${partTarget} s`, part.uri),
        ),
      ),
  },
  {
    id: '17a',
    level: 'MUST',
    title:
      'A part is at least 0.85 PART-TARGET, unless it is independent, a gap, before a gap, or the last of its segment',
    needs: 'part',
    look: (view) =>
      eachPart(view, (snapshot, listed, partTarget) =>
        unless(isLongEnough(listed, partTarget) || listed.part.independent, () =>
          tooShort(snapshot, listed, partTarget),
        ),
      ),
  },
  {
    id: '17b',
    level: 'INTEROP',
    title: 'Also independent parts are at least 0.85 PART-TARGET',
    needs: 'part',
    look: (view) =>
      eachPart(view, (snapshot, listed, partTarget) =>
        unless(isLongEnough(listed, partTarget) || !listed.part.independent, () =>
          tooShort(snapshot, listed, partTarget),
        ),
      ),
  },
  {
    id: '18',
    level: 'SHOULD',
    title: 'Every audio part is marked INDEPENDENT=YES',
    needs: 'part of an audio rendition',
    look: (view) =>
      view.parsed
        .filter(({ rendition }) => isAudioOnly(view, rendition))
        .flatMap((snapshot) =>
          partsOf(snapshot.playlist).map(({ part }) =>
            unless(part.independent || part.gap === true, () => inPlaylist(snapshot, `${part.uri} is not`, part.uri)),
          ),
        ),
  },
  {
    id: '19a',
    level: 'MUST',
    title: 'BYTERANGE of a part is n[@o], and without o follows the previous part of the same resource',
    needs: 'part with BYTERANGE',
    look: (view) =>
      view.parsed.flatMap((snapshot) =>
        partsOf(snapshot.playlist).flatMap((listed) => judgeByteRange(snapshot, listed)),
      ),
  },
  {
    id: '20a',
    level: 'MUST',
    title: 'Tags of a segment stand before its first part',
    needs: 'segment with parts',
    look: (view) => view.parsed.flatMap(lateTags),
  },
  {
    id: '20b',
    level: 'MUST',
    title: 'Tags of a segment are not inserted once one of its parts was listed',
    needs: 'segment that was first listed by its parts',
    look: (view) => view.steps.flatMap(([before, after]) => insertedTags(before, after)),
  },
  {
    id: '23a',
    level: 'MUST',
    title: 'What is listed can be loaded at that moment, if it is not a gap',
    needs: 'media',
    look: (view) =>
      view.media
        .filter(({ errand }) => errand === 'listed')
        .map((fetch) =>
          unless(isWhole(fetch), () =>
            inAnswer(fetch.exchange, `listed, but the answer is ${fetch.exchange.failure ?? fetch.exchange.status}`),
          ),
        ),
  },
  {
    id: '27',
    level: 'MUST',
    title: 'A part keeps its number, URI and duration, also once its segment is complete',
    needs: 'part in two playlists',
    look: (view) => view.steps.flatMap(([before, after]) => changedParts(before, after)),
  },
  {
    id: '28',
    level: 'MUST',
    title: 'A segment whose parts are all gaps is itself an EXT-X-GAP',
    needs: 'gap',
    look: (view) =>
      view.parsed.flatMap((snapshot) =>
        listedOf(snapshot.playlist).flatMap(({ segment }) => {
          const gaps = segment?.parts.filter((part) => part.gap).length ?? 0;
          if (segment === undefined || gaps === 0) return [];
          return [
            unless(gaps < segment.parts.length || segment.gap === true, () =>
              inPlaylist(snapshot, `${segment.uri} is not marked`, segment.uri),
            ),
          ];
        }),
      ),
  },
  {
    id: '67',
    level: 'INTEROP',
    title: 'Audio renditions contain parts when others do',
    needs: 'second rendition beside one with parts',
    look: (view) => {
      const haveParts = view.latest.some(({ playlist }) => playlist.partTarget !== undefined);
      if (!haveParts || view.latest.length < 2) return [];
      return view.latest.map((snapshot) =>
        unless(snapshot.playlist.partTarget !== undefined, () =>
          inPlaylist(snapshot, `rendition ${view.renditions[snapshot.rendition]?.name} has no parts`),
        ),
      );
    },
  },
];

function eachPart(view: OriginView, look: (snapshot: Parsed, listed: ListedPart, partTarget: number) => Look): Look[] {
  return view.parsed.flatMap((snapshot) => {
    const { partTarget } = snapshot.playlist;
    return partTarget === undefined
      ? []
      : partsOf(snapshot.playlist).map((listed) => look(snapshot, listed, partTarget));
  });
}

function isLongEnough({ part, isLast, parts, index }: ListedPart, partTarget: number): boolean {
  const isExcused = isLast || part.gap === true || parts[index + 1]?.gap === true;
  return isExcused || part.durationSeconds >= 0.85 * partTarget - EPSILON;
}

function tooShort(snapshot: Parsed, { part }: ListedPart, partTarget: number) {
  return inPlaylist(snapshot, `${part.uri} has ${part.durationSeconds} s, PART-TARGET is ${partTarget} s`, part.uri);
}

function judgeByteRange(snapshot: Parsed, { part, parts, index }: ListedPart): Look[] {
  if (part.byteRange === undefined) return [];
  const isForm = /^\d+(@\d+)?$/.test(part.byteRange);
  const previous = parts[index - 1];
  const follows = part.byteRange.includes('@') || (previous?.uri === part.uri && previous.byteRange !== undefined);
  return [
    unless(isForm && follows, () => inPlaylist(snapshot, `BYTERANGE "${part.byteRange}" of ${part.uri}`, part.uri)),
  ];
}

function lateTags(snapshot: Parsed): Look[] {
  const looks: Look[] = [];
  let hasPart = false;
  for (const line of snapshot.lines) {
    if (line.kind === 'uri') hasPart = false;
    else if (line.name === '#EXT-X-PART') {
      if (!hasPart) looks.push(undefined);
      hasPart = true;
    } else if (hasPart && PARENT_TAGS.has(line.name)) {
      looks.push({ ...inPlaylist(snapshot, `${line.name} stands behind a part of its segment`), line: line.line });
    }
  }
  return looks;
}

function insertedTags(before: Parsed, after: Parsed): Look[] {
  const { openSegment } = before.playlist;
  if (openSegment === undefined || openSegment.parts.length === 0) return [];
  const msn = listedOf(before.playlist).at(-1)?.msn;
  const now = listedOf(after.playlist).find((listed) => listed.msn === msn)?.parent;
  if (now === undefined) return [];
  const [was, is] = [openSegment, now].map(({ programDateTime, discontinuity, map }) =>
    JSON.stringify({ programDateTime, discontinuity, map }),
  );
  return [unless(was === is, () => inPlaylist(after, `segment ${msn} had ${was} beside its parts, now ${is}`))];
}

function changedParts(before: Parsed, after: Parsed): Look[] {
  const key = ({ msn, index }: ListedPart) => `${msn}.${index}`;
  const text = ({ part }: ListedPart) => `${part.uri} ${part.durationSeconds} ${part.byteRange ?? ''}`;
  const was = new Map(partsOf(before.playlist).map((listed) => [key(listed), text(listed)]));
  const shortened = listedOf(after.playlist).flatMap(({ msn, parent }) => {
    const had = listedOf(before.playlist).find((listed) => listed.msn === msn)?.parent.parts.length ?? 0;
    if (parent.parts.length === 0 || had === 0) return [];
    return [
      unless(parent.parts.length >= had, () =>
        inPlaylist(after, `segment ${msn} had ${had} parts and has ${parent.parts.length}`),
      ),
    ];
  });
  const changed = partsOf(after.playlist).flatMap((listed) => {
    const known = was.get(key(listed));
    return known === undefined
      ? []
      : [
          unless(known === text(listed), () =>
            inPlaylist(after, `part ${key(listed)} was ${known}, now it is ${text(listed)}`, listed.part.uri),
          ),
        ];
  });
  return [...shortened, ...changed];
}
