import type { Continuation, DecoderInput } from './container-scanner.ts';

/** A unit: an element, page, box or frame at the start of the pending bytes, and what to do with it. */
export type Unit =
  /** Nothing can be said before so many bytes are pending; at most {@link MAX_UNIT_BYTES}. */
  | { kind: 'wait'; bytes: number }
  /** Goes to the decoder: `lead` first, then the bytes as they are, or `as` in their place. */
  | {
      kind: 'feed';
      bytes: number;
      lead?: Uint8Array | undefined;
      as?: Uint8Array | undefined;
      restart?: UnitRestart | undefined;
    }
  /** Belongs to the container but not to the decoder; may reach beyond the pending bytes. */
  | { kind: 'drop'; bytes: number }
  /** Is no unit of this container. */
  | { kind: 'garbage'; bytes: number }
  /** Another container stream begins here. */
  | { kind: 'new-stream' };

/** The facts of a restart point at a unit's start that only the reader knows. */
export type UnitRestart = { sample: number; prefix: Uint8Array; state?: string };

/** Knows one container: tells the units of a stream apart and counts what a decoder makes of them. Pulled by the scanner. */
export type UnitReader = {
  /** What the person who pushes would call this container. */
  readonly name: string;
  readonly input: DecoderInput | undefined;
  readonly sampleRate: number | undefined;
  readonly samples: number;
  /**
   * Judges the unit that begins at `at`; `bytes` ends where the pending bytes end. Every answer but `wait` changes the
   * state as if the unit were done with.
   */
  next(bytes: Uint8Array, at: number): Unit;
  /** Takes over the state of a restart point. Called once, before any `next`. */
  resume(from: Continuation): void;
};

/** Largest unit that is collected in memory. */
export const MAX_UNIT_BYTES = 1_048_576;

/** Waits until the unit at `at` has so many bytes, unless it has them; undefined when it has. */
export function waitFor(bytes: Uint8Array, at: number, count: number): Unit | undefined {
  return bytes.length - at >= count ? undefined : { kind: 'wait', bytes: count };
}
