import type { MediaPart, MediaPlaylist, MediaSegment, ServerControl } from '@awaz/transcoder/hls';
import type { Asked, OriginFaults, SimulatedAnswer } from './simulated-origin.ts';
import { USUAL_SETUP } from './simulated-playlist.ts';

/** An origin that breaks one rule. */
export type Mutation = {
  /** The rule that has to catch it. */
  breaks: string;
  how: string;
  /** Rules that cannot be kept then. */
  also?: readonly string[];
  faults: OriginFaults;
  /** How long to look; 10 s when left out, 11 s when the broadcast ends. */
  seconds?: number;
};

export const usual = USUAL_SETUP.serverControl;
export const control = (changed: Partial<ServerControl>): OriginFaults => ({
  setup: { serverControl: { ...usual, ...changed } },
});

/** Only the answer to one question is broken, so that what follows from it is not. */
export const isOdd = ({ query }: Asked) => query === 'awaz-check=1';
export const oddText = (change: (text: string) => string): OriginFaults => ({
  text: (text, asked) => (isOdd(asked) ? change(text) : text),
});
export const allText = (change: (text: string, asked: Asked) => string): OriginFaults => ({ text: change });
export const second = (change: (text: string) => string): OriginFaults => ({
  text: (text, { rendition }) => (rendition === 1 ? change(text) : text),
});
export const deltaText = (change: (text: string) => string): OriginFaults => ({
  text: (text, { directives }) => (directives.skip === undefined ? text : change(text)),
});
export const late = ({ elapsedMs }: Asked, fromMs = 15_000) => elapsedMs > fromMs;

/** Changes all segments with a number, and the one of which only parts exist. */
export function segments(
  playlist: MediaPlaylist,
  change: <T extends MediaSegment>(segment: T, msn: number) => T,
): MediaPlaylist {
  const first = playlist.mediaSequence + (playlist.skip?.skippedSegments ?? 0);
  return { ...playlist, segments: playlist.segments.map((segment, place) => change(segment, first + place)) };
}

/** Changes all parts. */
export function parts(playlist: MediaPlaylist, change: (part: MediaPart) => MediaPart): MediaPlaylist {
  const changed = segments(playlist, (segment) => ({ ...segment, parts: segment.parts.map(change) }));
  const open = playlist.openSegment;
  return open === undefined ? changed : { ...changed, openSegment: { ...open, parts: open.parts.map(change) } };
}

export const headers = (
  change: (fields: Record<string, string>, asked: Asked) => Record<string, string>,
): OriginFaults => ({
  answer: (answer, asked) => ({ ...answer, headers: { ...answer.headers, ...change(answer.headers, asked) } }),
});

export const without = (name: string, isMeant: (asked: Asked) => boolean): OriginFaults => ({
  answer: (answer, asked) => {
    if (!isMeant(asked)) return answer;
    const { [name]: _, ...rest } = answer.headers;
    return { ...answer, headers: rest };
  },
});

export const isMedia = ({ kind }: Asked) => kind === 'init' || kind === 'part' || kind === 'segment';
export const isPlaylist = ({ kind }: Asked) => kind === 'playlist' || kind === 'multivariant';
export const notFound: SimulatedAnswer = {
  status: 404,
  headers: { 'access-control-allow-origin': '*', 'cache-control': 'max-age=6' },
  body: new Uint8Array(0),
};

/** Bytes with the one at an offset changed; from the end when negative. */
export function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  const place = at < 0 ? copy.length + at : at;
  copy[place] = (copy[place] ?? 0) ^ 1;
  return copy;
}

/** The fragments with all decode times moved. */
export function moved(bytes: Uint8Array, ticks: number): Uint8Array {
  const copy = Buffer.from(bytes);
  for (let at = copy.indexOf('tfdt'); at >= 0; at = copy.indexOf('tfdt', at + 1)) {
    copy.writeUInt32BE(copy.readUInt32BE(at + 12) + ticks, at + 12);
  }
  return copy;
}

export const isFragment = ({ kind }: Asked) => kind === 'part' || kind === 'segment';
/** When a broadcast ends that does, in ms: after a whole segment, while a hint is open. */
export const ENDS_AFTER_MS = 9500;

export const ends = (faults: OriginFaults): OriginFaults => ({ setup: { endsAfterMs: ENDS_AFTER_MS }, ...faults });
export const status = (code: number, isMeant: (asked: Asked) => boolean): OriginFaults => ({
  judge: (asked) => (isMeant(asked) ? code : undefined),
});
export const atOnce = (isMeant: (asked: Asked) => boolean): OriginFaults => ({
  judge: (asked) => (isMeant(asked) ? 'answer' : undefined),
});
export const only = (isMeant: (asked: Asked) => boolean, fields: Record<string, string>): OriginFaults =>
  headers((_, asked) => (isMeant(asked) ? fields : {}));
