import { inPlaylist, listedOf, type OriginView, type Parsed } from '../origin-view.ts';
import type { Look, Rule } from '../rule.ts';
import { constant, each, others } from './looks.ts';
import { tagsOf } from './tags.ts';

/** Tags of multivariant playlists (RFC 8216bis 4.4.6). */
const MULTIVARIANT_TAGS = new Set([
  '#EXT-X-STREAM-INF',
  '#EXT-X-MEDIA',
  '#EXT-X-I-FRAME-STREAM-INF',
  '#EXT-X-SESSION-DATA',
  '#EXT-X-SESSION-KEY',
  '#EXT-X-CONTENT-STEERING',
]);

/** The lowest version that the tags of a playlist ask for (RFC 8216bis 8). */
function neededVersion({ lines, playlist }: Parsed): number {
  const has = (name: string) => lines.some((line) => line.kind === 'tag' && line.name === name);
  if (playlist.skip?.recentlyRemovedDateRanges !== undefined) return 10;
  if (playlist.skip !== undefined) return 9;
  if (lines.some((line) => line.kind === 'tag' && /\{\$[A-Za-z0-9_-]+\}/.test(line.value))) return 8;
  if (has('#EXT-X-MAP')) return has('#EXT-X-I-FRAMES-ONLY') ? 5 : 6;
  if (has('#EXT-X-BYTERANGE') || has('#EXT-X-I-FRAMES-ONLY')) return 4;
  return playlist.segments.some(({ durationSeconds }) => !Number.isInteger(durationSeconds)) ? 3 : 1;
}

function versionOf(snapshot: Parsed): number {
  return Number(tagsOf(snapshot, '#EXT-X-VERSION')[0]?.value ?? 1);
}

/** Rules about the tags at the head of a playlist (checklist 1 to 10 and 13). */
export const HEADER_RULES: readonly Rule[] = [
  {
    id: '1a',
    level: 'MUST',
    title: '#EXTM3U is the first line, and the playlist follows the grammar',
    needs: 'playlist',
    look: (view) =>
      view.snapshots.map((snapshot) =>
        snapshot.fault === undefined
          ? undefined
          : { ...inPlaylist(snapshot, snapshot.fault.message), line: snapshot.fault.line },
      ),
  },
  {
    id: '1b',
    level: 'MUST',
    title: 'No tag of a multivariant playlist stands in a media playlist',
    needs: 'media playlist',
    look: (view) =>
      each(view, (snapshot) => {
        const tag = snapshot.lines.find((line) => line.kind === 'tag' && MULTIVARIANT_TAGS.has(line.name));
        return tag?.kind === 'tag' ? inPlaylist(snapshot, `${tag.name} in a media playlist`, tag.name) : undefined;
      }),
  },
  {
    id: '1c',
    level: 'MUST',
    title: 'EXT-X-VERSION appears at most once',
    needs: 'media playlist',
    look: (view) =>
      each(view, (snapshot) => {
        const count = tagsOf(snapshot, '#EXT-X-VERSION').length;
        return count <= 1 ? undefined : inPlaylist(snapshot, `EXT-X-VERSION appears ${count} times`, '#EXT-X-VERSION');
      }),
  },
  {
    id: '1d',
    level: 'MUST',
    title: 'EXT-X-VERSION is at least what the tags need (9 with EXT-X-SKIP, 10 when it replaces date ranges)',
    needs: 'media playlist',
    look: (view) =>
      each(view, (snapshot) => {
        const [has, needs] = [versionOf(snapshot), neededVersion(snapshot)];
        return has >= needs
          ? undefined
          : inPlaylist(snapshot, `version ${has}, but its tags need ${needs}`, '#EXT-X-VERSION');
      }),
  },
  {
    id: '1e',
    level: 'SHOULD',
    title: 'EXT-X-VERSION is no higher than needed',
    needs: 'EXT-X-VERSION',
    look: (view) =>
      view.parsed
        .filter((snapshot) => tagsOf(snapshot, '#EXT-X-VERSION').length > 0)
        .map((snapshot) => {
          const [has, needs] = [versionOf(snapshot), neededVersion(snapshot)];
          return has <= needs ? undefined : inPlaylist(snapshot, `version ${has}, ${needs} would do`, '#EXT-X-VERSION');
        }),
  },
  {
    id: '2a',
    level: 'MUST',
    title: 'EXT-X-TARGETDURATION is an integer',
    needs: 'media playlist',
    look: (view) =>
      each(view, (snapshot, { targetDuration }) =>
        Number.isInteger(targetDuration)
          ? undefined
          : inPlaylist(snapshot, `${targetDuration} is no integer`, '#EXT-X-TARGETDURATION'),
      ),
  },
  {
    id: '2b',
    level: 'MUST',
    title: 'EXT-X-TARGETDURATION never changes',
    needs: 'second playlist of a rendition',
    look: (view) => constant(view, 'EXT-X-TARGETDURATION', ({ playlist }) => String(playlist.targetDuration)),
  },
  {
    id: '3a',
    level: 'MUST',
    title: 'Every EXTINF, rounded, is at most the target duration (which keeps Apple 7.7, half a second more, too)',
    needs: 'segment',
    look: (view) => segmentLengths(view, (seconds, target) => Math.round(seconds) <= Math.ceil(target)),
  },
  {
    id: '4a',
    level: 'MUST',
    title: 'All media playlists have the same target duration',
    needs: 'second rendition',
    look: (view) =>
      others(view, (first, other) =>
        first.targetDuration === other.playlist.targetDuration
          ? undefined
          : inPlaylist(
              other,
              `${other.playlist.targetDuration}, another rendition has ${first.targetDuration}`,
              '#EXT-X-TARGETDURATION',
            ),
      ),
  },
  {
    id: '4b',
    level: 'SHOULD',
    title: 'The target duration is 6 s (Apple 7.5; a shorter one is a choice)',
    needs: 'media playlist',
    look: (view) =>
      view.latest.map((snapshot) => {
        const { targetDuration } = snapshot.playlist;
        return targetDuration === 6
          ? undefined
          : inPlaylist(snapshot, `it is ${targetDuration} s`, '#EXT-X-TARGETDURATION');
      }),
  },
  {
    id: '5a',
    level: 'MUST',
    title: 'EXT-X-PART-INF is there if and only if there are parts',
    needs: 'media playlist',
    look: (view) =>
      each(view, (snapshot, playlist) => {
        const hasParts = listedOf(playlist).some(({ parent }) => parent.parts.length > 0);
        if (hasParts && playlist.partTarget === undefined)
          return inPlaylist(snapshot, 'parts without EXT-X-PART-INF', '#EXT-X-PART:');
        const isUnused = playlist.partTarget !== undefined && !hasParts && !playlist.ended;
        return isUnused ? inPlaylist(snapshot, 'EXT-X-PART-INF without parts', '#EXT-X-PART-INF') : undefined;
      }),
  },
  {
    id: '5b',
    level: 'INTEROP',
    title: 'PART-TARGET never changes',
    needs: 'second playlist of a rendition with parts',
    look: (view) => constant(view, 'PART-TARGET', ({ playlist }) => playlist.partTarget?.toString()),
  },
  {
    id: '13',
    level: 'MUST',
    title: 'A sliding playlist has no EXT-X-PLAYLIST-TYPE',
    needs: 'sliding playlist',
    look: (view) => {
      const slides = view.steps.some(([a, b]) => a.playlist.mediaSequence !== b.playlist.mediaSequence);
      if (!slides) return [];
      return each(view, (snapshot) => {
        const type = tagsOf(snapshot, '#EXT-X-PLAYLIST-TYPE')[0];
        return type === undefined
          ? undefined
          : inPlaylist(snapshot, `PLAYLIST-TYPE:${type.value}`, '#EXT-X-PLAYLIST-TYPE');
      });
    },
  },
];

function segmentLengths(view: OriginView, isInOrder: (seconds: number, targetDuration: number) => boolean): Look[] {
  return view.full.flatMap((snapshot) =>
    snapshot.playlist.segments.map(({ durationSeconds, uri }) => {
      const { targetDuration } = snapshot.playlist;
      return isInOrder(durationSeconds, targetDuration)
        ? undefined
        : inPlaylist(snapshot, `${uri} has ${durationSeconds} s, the target duration is ${targetDuration} s`, uri);
    }),
  );
}
