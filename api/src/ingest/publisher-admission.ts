/** A place for one publisher. */
export type PublisherPlace = {
  /** Takes the place for a new broadcast. Throws `server_full`. */
  claim(): void;
  /** Takes the place for a broadcast that runs, which is never refused. */
  keep(): void;
  /** Gives it back; may be repeated, and called when it was never taken. */
  release(): void;
};

/** Decides whether this node takes another publisher. */
export type PublisherAdmission = {
  /** A place that is not taken yet; whoever asks for it releases it. */
  place(): PublisherPlace;
  /** Told of a publisher that was refused because no transcoder has room. */
  foundNoSlot(): void;
};

const nothing = () => undefined;

/** Takes everybody. */
export const UNLIMITED: PublisherAdmission = {
  place: () => ({ claim: nothing, keep: nothing, release: nothing }),
  foundNoSlot: nothing,
};
