import type { MediaSegment } from '@awaz/transcoder/hls';
import { inPlaylist, listedOf, type OriginView, type Parsed, secondsText } from '../origin-view.ts';
import type { Look, Rule } from '../rule.ts';
import { isAudioOnly } from './codecs.ts';
import { each, unless } from './looks.ts';
import { tagsOf } from './tags.ts';

/** Date-times that mean the same instant differ by no more, in ms: one, and the digits of whole ms on both sides. */
const SAME_INSTANT_MS = 2;

/** Rules about init sections and programme time (checklist 12, 14, 15). */
export const TIMELINE_RULES: readonly Rule[] = [
  {
    id: '12b',
    level: 'SHOULD',
    title: 'EXT-X-DISCONTINUITY-SEQUENCE is there if discontinuities occur (Apple 8.17)',
    needs: 'discontinuity',
    look: (view) =>
      view.parsed
        .filter(({ playlist }) => listedOf(playlist).some(({ parent }) => parent.discontinuity))
        .map((snapshot) =>
          unless(snapshot.playlist.discontinuitySequence !== undefined, () =>
            inPlaylist(snapshot, 'it is missing', '#EXT-X-DISCONTINUITY'),
          ),
        ),
  },
  {
    id: '14a',
    level: 'MUST',
    title: 'Fragmented MP4 has EXT-X-MAP before its first segment or part',
    needs: 'fragmented MP4',
    look: (view) =>
      view.full
        .filter((snapshot) => isFragmented(view, snapshot))
        .map((snapshot) =>
          unless(snapshot.playlist.map !== undefined, () =>
            inPlaylist(snapshot, 'no EXT-X-MAP before the first segment'),
          ),
        ),
  },
  {
    id: '14b',
    level: 'SHOULD',
    title: 'Audio playlists have EXT-X-INDEPENDENT-SEGMENTS (there, or in the multivariant playlist)',
    needs: 'audio rendition',
    look: (view) => {
      const isSaidOnce =
        view.multivariant?.lines.some((line) => line.kind === 'tag' && line.name === '#EXT-X-INDEPENDENT-SEGMENTS') ??
        false;
      return view.latest
        .filter(({ rendition }) => isAudioOnly(view, rendition))
        .map((snapshot) =>
          unless(isSaidOnce || snapshot.playlist.independentSegments, () => inPlaylist(snapshot, 'it is missing')),
        );
    },
  },
  {
    id: '15a',
    level: 'PROFILE',
    title: 'Every media playlist has EXT-X-PROGRAM-DATE-TIME',
    needs: 'media playlist',
    look: (view) =>
      each(view, (snapshot) =>
        unless(tagsOf(snapshot, '#EXT-X-PROGRAM-DATE-TIME').length > 0, () => inPlaylist(snapshot, 'none')),
      ),
  },
  {
    id: '15b',
    level: 'SHOULD',
    title: 'Every segment with EXT-X-DISCONTINUITY has EXT-X-PROGRAM-DATE-TIME',
    needs: 'discontinuity',
    look: (view) =>
      view.parsed.flatMap((snapshot) =>
        listedOf(snapshot.playlist)
          .filter(({ parent }) => parent.discontinuity)
          .map(({ msn, parent }) =>
            unless(parent.programDateTime !== undefined, () =>
              inPlaylist(snapshot, `segment ${msn} has none`, '#EXT-X-DISCONTINUITY'),
            ),
          ),
      ),
  },
  {
    id: '15c',
    level: 'MUST',
    title: 'Programme time is the same in all renditions',
    needs: 'segment with a date-time in two renditions',
    look: (view) =>
      acrossRenditions(
        view,
        ({ programDateTime: a }, { programDateTime: b }) =>
          (a === undefined || b === undefined ? 0 : Math.abs(a - b)) <= SAME_INSTANT_MS,
      ),
  },
  {
    id: '15d',
    level: 'INTEROP',
    title: 'Every segment has EXT-X-PROGRAM-DATE-TIME',
    needs: 'segment in a playlist with date-times',
    look: (view) =>
      view.full
        .filter((snapshot) => tagsOf(snapshot, '#EXT-X-PROGRAM-DATE-TIME').length > 0)
        .map((snapshot) => {
          const bare = snapshot.playlist.segments.find((segment) => segment.programDateTime === undefined);
          return unless(bare === undefined, () => inPlaylist(snapshot, `${bare?.uri} has none`, bare?.uri));
        }),
  },
  {
    id: '15e',
    level: 'MUST',
    title: 'Date-times go on by the duration of each segment (within 1 ms and the digits)',
    needs: 'pair of segments with date-times',
    look: (view) => view.full.flatMap(dateTimeSteps),
  },
  {
    id: '51a',
    level: 'MUST',
    title: 'Segments with the same number have the same duration in all renditions',
    needs: 'second rendition',
    look: (view) => acrossRenditions(view, (a, b) => Math.abs(a.durationSeconds - b.durationSeconds) < 0.002),
  },
  {
    id: '51b',
    level: 'MUST',
    title: 'Discontinuities have the same numbers in all renditions',
    needs: 'discontinuity in two renditions',
    look: (view) => {
      const isSpoken = view.latest.some(
        ({ playlist }) =>
          playlist.discontinuitySequence !== undefined || listedOf(playlist).some(({ parent }) => parent.discontinuity),
      );
      return isSpoken ? acrossRenditions(view, (a, b) => a.discontinuities === b.discontinuities) : [];
    },
  },
];

function isFragmented(view: OriginView, { rendition, playlist }: Parsed): boolean {
  const uri = playlist.segments[0]?.uri.split('?')[0] ?? '';
  const isMedia = /\.(m4s|mp4|m4a|m4v|cmfa|cmfv)$/i.test(uri);
  return isMedia || (view.tracks[rendition]?.length ?? 0) > 0;
}

function dateTimeSteps(snapshot: Parsed): Look[] {
  const { segments } = snapshot.playlist;
  return segments.slice(1).flatMap((segment, index) => {
    const before = segments[index];
    if (before?.programDateTime === undefined || segment.programDateTime === undefined || segment.discontinuity)
      return [];
    const off = segment.programDateTime - before.programDateTime - before.durationSeconds * 1000;
    return [
      unless(Math.abs(off) <= SAME_INSTANT_MS, () =>
        inPlaylist(
          snapshot,
          `${segment.uri} begins ${secondsText(off / 1000)} off the end of the segment before`,
          segment.uri,
        ),
      ),
    ];
  });
}

type Numbered = MediaSegment & { msn: number; discontinuities: number };

/** Looks at each segment of the last playlists of all renditions beside the one with the same number in the first. */
function acrossRenditions(view: OriginView, isSame: (first: Numbered, other: Numbered) => boolean): Look[] {
  const [first, ...rest] = view.latest;
  if (first === undefined) return [];
  const known = new Map(numbered(first).map((segment) => [segment.msn, segment]));
  return rest.flatMap((other) =>
    numbered(other).flatMap((segment) => {
      const twin = known.get(segment.msn);
      return twin === undefined
        ? []
        : [
            unless(isSame(twin, segment), () =>
              inPlaylist(
                other,
                `segment ${segment.msn}: ${textOf(segment)}, in another rendition ${textOf(twin)}`,
                segment.uri,
              ),
            ),
          ];
    }),
  );
}

function numbered({ playlist }: Parsed): Numbered[] {
  let discontinuities = playlist.discontinuitySequence ?? 0;
  return playlist.segments.map((segment, place) => {
    if (segment.discontinuity) discontinuities++;
    return { ...segment, msn: playlist.mediaSequence + place, discontinuities };
  });
}

function textOf({ durationSeconds, programDateTime, discontinuities }: Numbered): string {
  const date = programDateTime === undefined ? 'no date-time' : new Date(programDateTime).toISOString();
  return `${durationSeconds} s from ${date}, discontinuity ${discontinuities}`;
}
