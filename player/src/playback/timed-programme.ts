import type { Milliseconds, ProgrammeMetadata } from '@awaz/infra/contract';

/** Most entries that are kept; the oldest goes beyond it. */
const MAX_ENTRIES = 100;

/** How often the playhead is looked at, in ms; the moment of an entry is waited for exactly. */
const LOOK_EVERY_MS: Milliseconds = 250;

/** Where a player is, as a {@link TimedProgramme} looks at it. */
export type Playhead = {
  /** Programme date-time in ms since 1970; null while it is not known. */
  playingAt: number | null;
  audio: Pick<HTMLAudioElement, 'paused' | 'playbackRate'>;
};

/** Told what is audible at the playhead; null when nothing is known. */
export type ProgrammeListener = (programme: ProgrammeMetadata | null) => void;

/**
 * Tells what is audible when the playhead passes its moment. Entries may come from anywhere and more than once: date
 * ranges of a playlist, `stream:metadata` events. The owner closes it.
 */
export class TimedProgramme {
  readonly #playhead: () => Playhead;
  readonly #listeners = new Set<ProgrammeListener>();
  #entries: ProgrammeMetadata[] = [];
  #current: ProgrammeMetadata | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(playhead: () => Playhead) {
    this.#playhead = playhead;
  }

  /** What is audible at the playhead; null while nothing is known. */
  get current(): ProgrammeMetadata | null {
    return this.#current;
  }

  /** Calls a listener at each change; returns what ends that. */
  listen(listener: ProgrammeListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes entries, known ones too; of two for one moment the first stays. */
  take(entries: readonly ProgrammeMetadata[]): void {
    const fresh = entries.filter(({ at }) => this.#entries.every((known) => known.at !== at));
    if (fresh.length === 0 || this.#closed) return;
    this.#entries = [...this.#entries, ...fresh].sort((a, b) => a.at - b.at).slice(-MAX_ENTRIES);
    this.#look();
  }

  /** Forgets all: another broadcast begins. */
  clear(): void {
    this.#entries = [];
    this.#look();
  }

  /** Tells nothing more. Idempotent. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  #look(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const playhead = this.#playhead();
    const isKnown = playhead.playingAt !== null || this.#entries.length === 0;
    if (isKnown) this.#show(playhead.playingAt ?? 0);
    this.#timer = setTimeout(() => this.#look(), this.#untilNext(playhead));
  }

  #show(playingAt: number): void {
    const passed = this.#entries.filter(({ at }) => at <= playingAt);
    const programme = passed[passed.length - 1] ?? null;
    if (programme === this.#current) return;
    this.#current = programme;
    for (const listener of this.#listeners) listener(programme);
  }

  #untilNext({ playingAt, audio }: Playhead): Milliseconds {
    if (playingAt === null || audio.paused || audio.playbackRate <= 0) return LOOK_EVERY_MS;
    const next = this.#entries.find(({ at }) => at > playingAt);
    if (next === undefined) return LOOK_EVERY_MS;
    return Math.min(LOOK_EVERY_MS, Math.ceil((next.at - playingAt) / audio.playbackRate));
  }
}
