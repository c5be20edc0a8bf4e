import type { ProgrammeMetadata } from '@awaz/infra/contract';
import type { EngineName } from './engine-choice.ts';
import type { MediaAddress } from './media-address.ts';

/** Why an engine gave up. It has stopped loading by then; close it. */
export type EngineFailure =
  | { kind: 'network' }
  | { kind: 'off_air' }
  | { kind: 'capacity'; retryAfterMs: number }
  | { kind: 'refused' }
  | { kind: 'unsupported' };

/** What an engine tells its player. */
export type EngineEvents = {
  /** The broadcast and the listener session that the engine plays. */
  onAddress: (address: MediaAddress) => void;
  /** The broadcast is over and all of it was played. */
  onEnded: () => void;
  onFailure: (failure: EngineFailure) => void;
  /** What the playlist tells of the programme; each entry may come many times. Engines that cannot read it are silent. */
  onProgramme: (entries: readonly ProgrammeMetadata[]) => void;
};

/** What an engine is opened with. The engine borrows `audio`; it never replaces it. */
export type EngineOptions = {
  audio: HTMLAudioElement;
  /** URL of the multivariant playlist. */
  url: string;
  /** Target for the forward buffer in seconds, instead of the one that follows from the part target. */
  targetSeconds?: number | undefined;
  events: EngineEvents;
};

/** Figures of a running engine; null while unknown. */
export type EngineFigures = {
  /** Programme date-time of the playhead, in ms since 1970. */
  playingAt: number | null;
  /** Seconds behind the position that a new listener would join at. */
  behindSeconds: number | null;
  /** Target of the latency controller in seconds; null without one. */
  targetSeconds: number | null;
  /** Bitrate of the rendition that plays, in kbit/s. */
  kbps: number | null;
};

/** One way to get the sound of a station into an audio element. Whoever opens it closes it; closing twice is fine. */
export type Engine = {
  readonly name: EngineName;
  figures(): EngineFigures;
  /** Whether to keep close to the live edge; off while the listener stays behind by choice. */
  follow(following: boolean): void;
  /** Moves the playhead to the live edge. */
  goToLive(): void;
  /** The buffer ran empty while it should not have: keep more of it for a while. */
  noteStall(): void;
  close(): void;
};
