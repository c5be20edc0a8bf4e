/** Bitrates that an uplink which is too slow is given one after the other, in bit/s, highest first. */
const RUNGS = [128_000, 96_000, 64_000, 48_000, 32_000] as const;

/** Which bitrate is used of those that are not above the wished one. */
export class BitrateLadder {
  readonly #rungs: readonly number[];
  #at = 0;

  /** Begins at the wished bitrate, in bit/s. */
  constructor(wished: number) {
    this.#rungs = [wished, ...RUNGS.filter((rung) => rung < wished)];
  }

  /** The bitrate to use now, in bit/s. */
  get bitsPerSecond(): number {
    return this.#rungs[this.#at] ?? 0;
  }

  /** The wished bitrate, in bit/s. */
  get wished(): number {
    return this.#rungs[0] ?? 0;
  }

  /** Goes one step down; false at the lowest. */
  lower(): boolean {
    if (this.#at === this.#rungs.length - 1) return false;
    this.#at++;
    return true;
  }

  /** Goes one step up; false at the wished one. */
  raise(): boolean {
    if (this.#at === 0) return false;
    this.#at--;
    return true;
  }
}
