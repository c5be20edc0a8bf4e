import type { MediaPart, MediaPlaylist } from '@awaz/transcoder/hls';
import type { MediaErrand, MediaFetch, Snapshot } from '../observations.ts';
import { edgeOf } from '../playlist-text.ts';
import type { Session } from './session.ts';

/** A piece of media to fetch. */
type Wanted = Pick<MediaFetch, 'rendition' | 'kind' | 'msn' | 'index' | 'durationSeconds' | 'errand'> & {
  uri: string;
  byteRange?: string | undefined;
};

/** Share of three target durations after which a part that is no longer listed is asked for again. */
const REMOVED_LONG_AGO = 2.5;

/** How many removed parts of a rendition are asked for a second time, late. */
const MAX_LATE_PARTS = 3;

/** Fetches the media of one rendition as its playlist lists it, and once more when it is not listed any longer. */
export class MediaRecorder {
  readonly #session: Session;
  readonly #rendition: number;
  readonly #known = new Map<string, Wanted>();
  #previous: MediaPlaylist | undefined;
  #lateParts = 0;
  #hinted: string | undefined;

  constructor(session: Session, rendition: number) {
    this.#session = session;
    this.#rendition = rendition;
  }

  /** Takes the next full playlist; fetches run beside. */
  take({ playlist, exchange }: Snapshot): void {
    if (playlist === undefined || playlist.skip !== undefined) return;
    const base = exchange.request.url;
    const listed = mediaOf(playlist, { rendition: this.#rendition, base });
    if (this.#previous === undefined) this.#begin(listed, playlist);
    else this.#goOn(listed, playlist);
    this.#previous = playlist;
    this.#askForHint(playlist, base);
  }

  /** Of what is listed at first only the oldest and the newest are fetched. */
  #begin(listed: readonly Wanted[], playlist: MediaPlaylist): void {
    const segments = listed.filter((wanted) => wanted.kind === 'segment');
    const { lastMsn } = edgeOf(playlist);
    for (const wanted of listed) {
      this.#known.set(keyOf(wanted), wanted);
      const isOpen = wanted.kind === 'part' && (wanted.msn ?? 0) >= lastMsn;
      const isAtEnd = wanted === segments[0] || wanted === segments.at(-1);
      if (wanted.kind === 'init' || isOpen || isAtEnd) this.#fetch(wanted);
    }
  }

  #goOn(listed: readonly Wanted[], playlist: MediaPlaylist): void {
    const keys = new Set(listed.map(keyOf));
    for (const [key, wanted] of this.#known) {
      if (keys.has(key)) continue;
      this.#known.delete(key);
      this.#removed(wanted, playlist);
    }
    for (const wanted of listed) {
      const key = keyOf(wanted);
      if (this.#known.has(key)) continue;
      this.#known.set(key, wanted);
      this.#fetch(wanted);
    }
  }

  #removed(wanted: Wanted, playlist: MediaPlaylist): void {
    this.#fetch({ ...wanted, errand: 'removed' });
    if (wanted.kind !== 'part' || this.#lateParts >= MAX_LATE_PARTS) return;
    this.#lateParts++;
    const late = async () => {
      if (await this.#session.pause(REMOVED_LONG_AGO * 1000 * playlist.targetDuration)) {
        await this.#load({ ...wanted, errand: 'removed long ago' });
      }
    };
    this.#session.beside(late());
  }

  /** Asks for the hinted part, which has to be held until it is there; one at a time. */
  #askForHint(playlist: MediaPlaylist, base: string): void {
    const hint = playlist.preloadHint;
    if (hint?.type !== 'PART' || playlist.ended || this.#hinted !== undefined) return;
    const edge = edgeOf(playlist);
    const uri = new URL(hint.uri, base).href;
    this.#hinted = uri;
    const wanted: Wanted = {
      rendition: this.#rendition,
      kind: 'part',
      msn: edge.lastMsn + 1,
      index: edge.openParts,
      durationSeconds: undefined,
      errand: 'hinted',
      uri,
    };
    const ask = async () => {
      await this.#load(wanted, 4000 * playlist.targetDuration);
      this.#hinted = undefined;
    };
    this.#session.beside(ask());
  }

  #fetch(wanted: Wanted): void {
    this.#session.beside(this.#load(wanted));
  }

  async #load({ uri, byteRange, ...facts }: Wanted, patienceMs?: number): Promise<void> {
    const { client, remarks, media } = this.#session;
    if (client.isExhausted) {
      remarks.add('Media was no longer fetched once the cap on bytes or requests was reached.');
      return;
    }
    const range = byteRange === undefined ? {} : { headers: { range: rangeHeader(byteRange) } };
    const exchange = await client.send({ url: uri, ...range, ...(patienceMs === undefined ? {} : { patienceMs }) });
    media.push({ ...facts, exchange });
  }
}

function keyOf({ kind, uri, msn, index, byteRange }: Wanted): string {
  return `${kind} ${msn} ${index} ${uri} ${byteRange}`;
}

/** `n@o` as the value of `Range`; offsets are made explicit before. */
function rangeHeader(byteRange: string): string {
  const [length = 0, offset = 0] = byteRange.split('@').map(Number);
  return `bytes=${offset}-${offset + length - 1}`;
}

/** All media that a full playlist lists, gaps left out. */
function mediaOf(playlist: MediaPlaylist, at: { rendition: number; base: string }): Wanted[] {
  const errand: MediaErrand = 'listed';
  const rendition = at.rendition;
  const absolute = (uri: string) => new URL(uri, at.base).href;
  const wanted: Wanted[] = [];
  const addMap = (map: MediaPlaylist['map']) => {
    if (map === undefined) return;
    const { uri, byteRange } = map;
    wanted.push({ rendition, errand, kind: 'init', durationSeconds: undefined, uri: absolute(uri), byteRange });
  };
  const addParts = (msn: number, parts: readonly MediaPart[]) => {
    withOffsets(parts).forEach((part, index) => {
      if (part.gap) return;
      const { durationSeconds, byteRange } = part;
      wanted.push({ rendition, errand, kind: 'part', msn, index, durationSeconds, uri: absolute(part.uri), byteRange });
    });
  };
  addMap(playlist.map);
  playlist.segments.forEach((segment, place) => {
    const msn = playlist.mediaSequence + place;
    const { durationSeconds, byteRange } = segment;
    addMap(segment.map);
    addParts(msn, segment.parts);
    if (segment.gap) return;
    wanted.push({ rendition, errand, kind: 'segment', msn, durationSeconds, uri: absolute(segment.uri), byteRange });
  });
  addMap(playlist.openSegment?.map);
  addParts(edgeOf(playlist).lastMsn + 1, playlist.openSegment?.parts ?? []);
  return wanted;
}

/** RFC 8216bis 4.4.4.9: without `o` "the sub-range begins at the next byte following the sub-range of the previous Partial Segment". */
function withOffsets(parts: readonly MediaPart[]): MediaPart[] {
  let end = 0;
  let uri = '';
  return parts.map((part) => {
    if (part.byteRange === undefined) return part;
    const [length = 0, given] = part.byteRange.split('@').map(Number);
    const offset = given ?? (part.uri === uri ? end : 0);
    end = offset + length;
    uri = part.uri;
    return { ...part, byteRange: `${length}@${offset}` };
  });
}
