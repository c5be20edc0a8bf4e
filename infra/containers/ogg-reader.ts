import { AwazError } from '../contract/index.ts';
import { concatBytes } from './byte-fields.ts';
import type { Continuation, DecoderInput } from './container-scanner.ts';
import { type OggMapping, oggMapping } from './ogg-codec.ts';
import { OggPacketJoiner } from './ogg-packet-joiner.ts';
import {
  isSoundPage,
  OGG_FLAG,
  type OggPage,
  oggPieces,
  readOggPage,
  withoutLastFlag,
  writeOggHeaderPages,
} from './ogg-page.ts';
import { DecodedSamples, PACKET_HEAD_BYTES, type PacketCodec } from './packet-codec.ts';
import type { Unit, UnitReader, UnitRestart } from './unit-reader.ts';

/** Most bytes of a header packet that is needed; pictures stand in comments, which are not. */
const MAX_HEADER_PACKET_BYTES = 262_144;

/** Bytes of damaged pages that are checked beyond those of sound ones: made-up page headers must not cost much time. */
const MAX_TRUST_BYTES = 2_097_152;

/** The O of `OggS`. */
const FIRST_BYTE_OF_PAGE = 0x4f;

/** The logical stream that goes to the decoder. */
type OggStream = { serial: number; mapping: OggMapping; first: Uint8Array };

/**
 * Ogg (RFC 3533) with Opus, Vorbis or FLAC. Pages with audio stay as they are; those of other streams and damaged ones are
 * left out; headers are written anew without comments, which may hold pictures. Granule positions are not used for counting (packets
 * are), save for the trim of the last Opus page: a decoder that is fed later pages takes their granules for the
 * beginning of its own time, with which the number of samples has nothing to do.
 */
export class OggReader implements UnitReader {
  readonly name = 'Ogg';
  readonly input: DecoderInput = { demuxer: 'ogg' };
  #stream: OggStream | undefined;
  #needed: Uint8Array | undefined;
  #codec: PacketCodec | undefined;
  #base = 0;
  #decoded: DecodedSamples | undefined;
  /** Header pages, from the first page of audio on. */
  #prefix: Uint8Array | undefined;
  #headerFed = false;
  #pastFirstPages = false;
  #inHeaders = true;
  readonly #joiner = new OggPacketJoiner();
  #trustBytes = MAX_TRUST_BYTES;
  /** Granule position at which the page before ended; unknown behind a restart point. */
  #position: number | undefined = 0;

  get sampleRate(): number | undefined {
    return this.#codec?.sampleRate;
  }

  get samples(): number {
    return this.#decoded?.total ?? this.#base;
  }

  next(bytes: Uint8Array, at: number): Unit {
    const page = readOggPage(bytes, at);
    if (typeof page === 'number') return { kind: 'wait', bytes: page };
    if (page === undefined || !this.#isSound(bytes, at, page)) return garbage(bytes, at);
    const dropped: Unit = { kind: 'drop', bytes: page.end - at };
    if ((page.flags & OGG_FLAG.first) !== 0) {
      if (this.#pastFirstPages) return { kind: 'new-stream' };
      this.#openStream(bytes, page);
      return dropped;
    }
    this.#pastFirstPages = true;
    if (this.#stream === undefined) throw unsupported();
    if (page.serial !== this.#stream.serial) return dropped;
    if (this.#inHeaders && this.#readHeaders(bytes, page)) return dropped;
    return this.#audioPage(bytes, at, page);
  }

  /** Checks a page while there is trust left; what is spent on damaged pages is earned by sound ones. */
  #isSound(bytes: Uint8Array, at: number, page: OggPage): boolean {
    const size = page.end - at;
    if (this.#trustBytes < 0) return false;
    const isSound = isSoundPage(bytes, at, page);
    this.#trustBytes = Math.min(MAX_TRUST_BYTES, this.#trustBytes + (isSound ? size : -size));
    return isSound;
  }

  resume({ prefix, sample }: Continuation): void {
    this.#base = sample;
    this.#position = undefined;
    let at = 0;
    while (at < prefix.length) {
      const unit = this.next(prefix, at);
      if (unit.kind !== 'drop') throw new AwazError('bad_media', 'The prefix of an Ogg restart point is damaged.');
      at += unit.bytes;
    }
    this.#headerFed = true;
  }

  #openStream(bytes: Uint8Array, page: OggPage): void {
    const [piece] = oggPieces(bytes, page);
    if (piece === undefined || !piece.ends) return;
    const first = bytes.slice(piece.start, piece.start + piece.length);
    const mapping = oggMapping(first);
    if (mapping === undefined) return;
    this.#stream = { serial: page.serial, mapping, first };
    this.#codec = mapping.open(first, undefined);
  }

  /** Takes a page of headers; false when it is the first one with audio. */
  #readHeaders(bytes: Uint8Array, page: OggPage): boolean {
    const { mapping, first } = this.#stream ?? throwMissing();
    for (const { start, length, ends } of oggPieces(bytes, page)) {
      if (!this.#joiner.isOpen && !mapping.isHeader(bytes, start)) {
        this.#inHeaders = false;
        return false;
      }
      const piece = bytes.subarray(start, start + length);
      if (!ends) {
        this.#joiner.add(piece, MAX_HEADER_PACKET_BYTES);
        continue;
      }
      const packet = this.#joiner.end(piece, MAX_HEADER_PACKET_BYTES);
      if (!mapping.isNeeded(packet.head)) continue;
      this.#needed = packet.head;
      this.#codec = mapping.open(first, packet.head);
      this.#inHeaders = !mapping.lastIsNeeded;
      if (!this.#inHeaders) return true;
    }
    return true;
  }

  #audioPage(bytes: Uint8Array, at: number, page: OggPage): Unit {
    if (this.#codec === undefined) throw unsupported();
    this.#decoded ??= new DecodedSamples(this.#codec, this.#base);
    this.#prefix ??= this.#headerPages();
    const lead = this.#headerFed ? undefined : this.#prefix;
    this.#headerFed = true;
    const restart = this.#count(bytes, page, this.#codec);
    const isTrimmed = (page.flags & OGG_FLAG.last) === 0 || this.#stream?.mapping.trimsEnd === true;
    const as = isTrimmed ? undefined : withoutLastFlag(bytes.subarray(at, page.end));
    return { kind: 'feed', bytes: page.end - at, lead, as, restart };
  }

  #headerPages(): Uint8Array {
    const { serial, mapping, first } = this.#stream ?? throwMissing();
    return concatBytes(writeOggHeaderPages(serial, mapping.headers(first, this.#needed)));
  }

  #count(bytes: Uint8Array, page: OggPage, codec: PacketCodec): UnitRestart | undefined {
    const decoded = this.#decoded ?? new DecodedSamples(codec);
    const isContinued = (page.flags & OGG_FLAG.continued) !== 0;
    if (!isContinued) this.#joiner.reset();
    const samples = this.#packetSamples(bytes, page, codec);
    const first = codec.swallowsFirstPacket ? samples[0] : 0;
    const sample = first === undefined ? undefined : decoded.restartSample(first);
    for (const some of samples) decoded.add(some);
    const isLast = (page.flags & OGG_FLAG.last) !== 0;
    if (isLast) decoded.add(-this.#trim(page, samples));
    this.#position = page.granule >= 0 ? page.granule : this.#position;
    if (isContinued || isLast || sample === undefined) return undefined;
    return { sample, prefix: this.#prefix ?? new Uint8Array(0) };
  }

  /** Samples of each packet that ends on the page. */
  #packetSamples(bytes: Uint8Array, page: OggPage, codec: PacketCodec): number[] {
    const samples: number[] = [];
    let isTail = (page.flags & OGG_FLAG.continued) !== 0;
    for (const { start, length, ends } of oggPieces(bytes, page)) {
      const isLost = isTail && !this.#joiner.isOpen; // its beginning never came; decoders pass over it too
      isTail = false;
      if (isLost) continue;
      const piece = bytes.subarray(start, start + length);
      if (!ends) {
        this.#joiner.add(piece, PACKET_HEAD_BYTES);
      } else if (this.#joiner.isOpen) {
        const packet = this.#joiner.end(piece, PACKET_HEAD_BYTES);
        samples.push(codec.samplesOf(packet.head, 0, packet.length));
      } else {
        samples.push(codec.samplesOf(bytes, start, length));
      }
    }
    return samples;
  }

  /** RFC 7845 4.4: the last page's granule position may be less than its packets make; the rest is trimmed. */
  #trim(page: OggPage, samples: readonly number[]): number {
    if (this.#stream?.mapping.trimsEnd !== true || this.#position === undefined) return 0;
    let position = this.#position;
    let trimmed = 0;
    for (const some of samples) {
      position += some;
      trimmed += Math.max(0, Math.min(some, position - page.granule));
    }
    return trimmed;
  }
}

/** Up to where the next page may begin. */
function garbage(bytes: Uint8Array, at: number): Unit {
  const next = bytes.indexOf(FIRST_BYTE_OF_PAGE, at + 1);
  return { kind: 'garbage', bytes: (next < 0 ? bytes.length : next) - at };
}

function unsupported(): AwazError {
  return new AwazError(
    'bad_media',
    'The Ogg stream has no readable Opus, Vorbis or FLAC headers; send it from its beginning.',
  );
}

function throwMissing(): never {
  throw unsupported();
}
