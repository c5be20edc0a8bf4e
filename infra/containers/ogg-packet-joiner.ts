import { concatBytes } from './byte-fields.ts';

/** A packet whose pieces stand on several pages: its first bytes up to a limit, and its whole length. */
export type JoinedPacket = { head: Uint8Array; length: number };

/** Joins the pieces of packets; keeps no more of one than the limit given with its pieces. */
export class OggPacketJoiner {
  #head: Uint8Array[] = [];
  #kept = 0;
  #length = 0;
  #open = false;

  /** Whether a packet has begun and not ended. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Forgets the packet that has begun. */
  reset(): void {
    this.#head = [];
    this.#kept = 0;
    this.#length = 0;
    this.#open = false;
  }

  /** Adds a piece that does not end the packet; copies what is kept of it. */
  add(piece: Uint8Array, limit: number): void {
    const kept = piece.slice(0, Math.max(0, limit - this.#kept));
    this.#head.push(kept);
    this.#kept += kept.length;
    this.#length += piece.length;
    this.#open = true;
  }

  /** Adds the last piece and gives the packet. */
  end(piece: Uint8Array, limit: number): JoinedPacket {
    this.add(piece, limit);
    const packet = { head: concatBytes(this.#head), length: this.#length };
    this.reset();
    return packet;
  }
}
