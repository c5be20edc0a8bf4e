import { partSeconds, segmentSeconds } from '@awaz/infra/contract';
import { PART_LOG_SECONDS, type PartLogHead, type PartLogMeta, type PublishedPart } from '@awaz/infra/part-log';
import { firstListedSegment, type PlaylistEdge } from '@awaz/transcoder/hls';
import { WindowProgramme } from './window-programme.ts';
import { type WindowPart, WindowSegment } from './window-segment.ts';

/** How much audio stays downloadable, in seconds: what the part log holds, twice the playlist and a little. */
export const RETAINED_SECONDS = PART_LOG_SECONDS;

/** How much audio a media playlist lists in complete segments, in seconds. */
export const WINDOW_SECONDS = 60;

/** Most bytes of media that one broadcast's window holds; the oldest segments are dropped beyond it. */
export const MAX_WINDOW_BYTES = 64 * 1024 * 1024;

/** What became of a part. */
export type AppendOutcome =
  | 'appended'
  /** It was there before, or its segment began before the window did. */
  | 'ignored'
  /** Parts before it are missing: the window has begun anew with it. */
  | 'restarted';

/** The last two minutes of one broadcast in memory, fed from its part log. Values only; no clock, no waits. */
export class BroadcastWindow {
  readonly meta: PartLogMeta;
  readonly initSections: readonly Buffer[];
  /** Whole seconds; every segment, rounded, is at most this long. */
  readonly targetDuration: number;
  /** Whether playlists list parts and hints; without them parts are only what the progressive stream is made of. */
  readonly lowLatency: boolean;
  /** Length of a full part in seconds. */
  readonly partTarget: number;
  /** What is audible when. */
  readonly programme = new WindowProgramme();
  readonly #maxBytes: number;
  readonly #renditions: ReadonlyMap<string, number>;
  #edge: PlaylistEdge;
  #segments: WindowSegment[] = [];
  #open: WindowSegment | undefined;
  #version = 0;
  #updatedAt = 0;
  #bytes = 0;

  constructor({ meta, initSections }: PartLogHead, maxBytes = MAX_WINDOW_BYTES) {
    this.meta = meta;
    this.initSections = initSections.map((bytes) => Buffer.from(bytes));
    // RFC 8216bis 6.2.1: "The server MUST divide the source media into individual Media Segments whose duration (when
    // rounded to a whole second) is less than or equal to the Target Duration."
    this.targetDuration = Math.max(1, Math.round(segmentSeconds(meta.cut)));
    this.lowLatency = meta.lowLatency ?? true;
    this.partTarget = partSeconds(meta.cut);
    this.#maxBytes = maxBytes;
    this.#renditions = new Map(meta.ladder.map((rung, index) => [rung.name, index]));
    const partsPerSegment = Math.ceil(meta.cut.framesPerSegment / meta.cut.framesPerPart);
    this.#edge = { ...EMPTY_EDGE, partsPerSegment, partTarget: this.partTarget };
  }

  /** Grows with every change; equal versions mean equal playlists. */
  get version(): number {
    return this.#version;
  }

  /** Server time of the last change, ms since 1970, as the part log tells it. */
  get updatedAt(): number {
    return this.#updatedAt;
  }

  /** How far the broadcast has got, the same in all renditions. */
  get edge(): Readonly<PlaylistEdge> {
    return this.#edge;
  }

  /** Complete segments that are kept, in order, without a gap in their numbers. */
  get segments(): readonly WindowSegment[] {
    return this.#segments;
  }

  /** Index of the first of them that playlists list. */
  get firstListed(): number {
    const durations = this.#segments.map((segment) => segment.seconds);
    return firstListedSegment(durations, { windowSeconds: WINDOW_SECONDS, targetDuration: this.targetDuration });
  }

  /** The segment of which only parts exist so far. */
  get openSegment(): WindowSegment | undefined {
    return this.#open;
  }

  /** Bytes of media held. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Place of a rendition in the ladder; undefined when there is none of this name. */
  renditionIndex(name: string): number | undefined {
    return this.#renditions.get(name);
  }

  /** A segment, complete or open; undefined when it is not in the window. */
  segment(msn: number): WindowSegment | undefined {
    if (this.#open?.msn === msn) return this.#open;
    return this.#segments[msn - (this.#segments[0]?.msn ?? 0)];
  }

  /** A part; undefined when it is not in the window. */
  part(msn: number, index: number): WindowPart | undefined {
    return this.segment(msn)?.parts[index];
  }

  /** Adds the next part of the log. */
  append(part: PublishedPart): AppendOutcome {
    const place = this.#placeOf(part);
    if (place === 'known' || (place !== 'next' && part.index > 0)) return 'ignored';
    if (place === 'beyond') this.#begin(part.msn);
    this.#open ??= new WindowSegment(part);
    const before = this.#open.bytes;
    this.#open.append(part);
    this.#bytes += this.#open.bytes - before;
    this.#updatedAt = part.publishedAt;
    this.programme.append(part);
    if (part.endsSegment) this.#completeOpen();
    this.#changed();
    this.#evict();
    if (part.endsSegment) this.#trimProgramme();
    return place === 'beyond' ? 'restarted' : 'appended';
  }

  /** Nothing will follow: the open segment, if there is one, is the last. May be called again. */
  end(): void {
    if (this.#edge.ended) return;
    this.#completeOpen();
    this.#edge = { ...this.#edge, ended: true };
    this.#changed();
  }

  #placeOf(part: PublishedPart): 'first' | 'next' | 'known' | 'beyond' {
    if (this.#open === undefined && this.#segments.length === 0) return 'first';
    const openMsn = this.#edge.lastMsn + 1;
    const openParts = this.#open?.parts.length ?? 0;
    if (part.msn === openMsn && part.index === openParts) return 'next';
    return part.msn < openMsn || (part.msn === openMsn && part.index < openParts) ? 'known' : 'beyond';
  }

  #begin(msn: number): void {
    this.#segments = [];
    this.#open = undefined;
    this.#bytes = 0;
    this.#edge = { ...this.#edge, lastMsn: msn - 1, lastMsnParts: 0 };
  }

  #completeOpen(): void {
    if (this.#open === undefined) return;
    this.#open.complete();
    this.#segments.push(this.#open);
    this.#open = undefined;
  }

  #changed(): void {
    const last = this.#segments.at(-1);
    this.#version++;
    this.#edge = {
      ...this.#edge,
      lastMsn: last?.msn ?? (this.#open === undefined ? -1 : this.#open.msn - 1),
      lastMsnParts: last?.parts.length ?? 0,
      openParts: this.#open?.parts.length ?? 0,
    };
  }

  #trimProgramme(): void {
    const first = this.#segments[this.firstListed];
    if (first !== undefined) this.programme.trim(first.programDateTime, this.#updatedAt);
  }

  #evict(): void {
    let seconds = this.#open?.seconds ?? 0;
    for (const segment of this.#segments) seconds += segment.seconds;
    let dropped = 0;
    for (const segment of this.#segments) {
      if (seconds <= RETAINED_SECONDS && this.#bytes <= this.#maxBytes) break;
      seconds -= segment.seconds;
      this.#bytes -= segment.bytes;
      dropped++;
    }
    if (dropped > 0) this.#segments.splice(0, dropped);
  }
}

const EMPTY_EDGE: PlaylistEdge = {
  lastMsn: -1,
  lastMsnParts: 0,
  openParts: 0,
  partsPerSegment: 1,
  partTarget: 0,
  ended: false,
};
