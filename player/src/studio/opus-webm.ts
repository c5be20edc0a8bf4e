import { AppendOnlyStreamTarget, EncodedAudioPacketSource, EncodedPacket, Output, WebMOutputFormat } from 'mediabunny';
import type { OpusPacket } from './opus-encoder.ts';

/** Length of a packet, in s. */
const PACKET_SECONDS = 0.02;

/** MIME type of what an {@link OpusWebm} writes. */
export const OPUS_WEBM_MIME = 'audio/webm;codecs=opus';

/** Writes Opus packets of 20 ms into a WebM stream, of which each packet's bytes are whole. */
export class OpusWebm {
  readonly #written: Uint8Array[] = [];
  readonly #source = new EncodedAudioPacketSource('opus');
  readonly #started: Promise<void>;
  #packets = 0;

  constructor() {
    const target = new AppendOnlyStreamTarget(
      new WritableStream({ write: (bytes: Uint8Array) => void this.#written.push(bytes.slice()) }),
    );
    const output = new Output({ format: new WebMOutputFormat({ appendOnly: true }), target });
    output.addAudioTrack(this.#source);
    this.#started = output.start();
  }

  /** Adds a packet; settles with the bytes that hold it. Packets have to be added one after the other. */
  async add({ data, decoderConfig }: OpusPacket): Promise<Uint8Array> {
    await this.#started;
    const packet = new EncodedPacket(data, 'key', this.#packets++ * PACKET_SECONDS, PACKET_SECONDS);
    await this.#source.add(packet, decoderConfig && { decoderConfig });
    return joined(this.#written.splice(0));
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (pieces.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
