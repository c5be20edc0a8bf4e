import { AwazError } from '../contract/index.ts';
import { byteAt } from './byte-fields.ts';
import type { Continuation, DecoderInput } from './container-scanner.ts';
import { type EbmlElement, readElement, readUnsigned, UNKNOWN_SIZE } from './ebml.ts';
import { type MatroskaBlock, readBlock, readBlockGroup, readBlockHead } from './matroska-block.ts';
import { MATROSKA_ID, MATROSKA_PASSED_OVER } from './matroska-ids.ts';
import { type MatroskaTrack, readAudioTrack } from './matroska-track.ts';
import { DecodedSamples } from './packet-codec.ts';
import { MAX_UNIT_BYTES, type Unit, type UnitReader, waitFor } from './unit-reader.ts';
import { WebmPrefix } from './webm-prefix.ts';

/** Largest SimpleBlock or BlockGroup of the audio track: over half a second of PCM. */
const MAX_BLOCK_BYTES = 262_144;

/** Largest block that is believed while looking for the next one in garbage; a false one must not hold up the stream. */
const MAX_RESYNC_BLOCK_BYTES = 16_384;

/** Largest element that is passed over. */
const MAX_PASSED_OVER_BYTES = 16_777_216;

const MAX_EBML_HEADER_BYTES = 4096;

/** Largest Info that is passed on; a decoder can do without. */
const MAX_INFO_BYTES = 4096;

/** Elements beside blocks that mean something, with the most bytes of content that they may have. */
const KEPT_ELEMENTS: ReadonlyMap<number, number> = new Map([
  [MATROSKA_ID.info, MAX_UNIT_BYTES - 12],
  [MATROSKA_ID.tracks, MAX_UNIT_BYTES - 12],
  [MATROSKA_ID.timestamp, 8],
]);

/** First bytes of the ids that are looked for in garbage: SimpleBlock, Cluster, EBML. */
const RESYNC_FIRST_BYTES: ReadonlySet<number> = new Set([0xa3, 0x1f, 0x1a]);

/** First bytes of the ids that may follow a block: those, BlockGroup and Timestamp. */
const BEHIND_BLOCK_FIRST_BYTES: ReadonlySet<number> = new Set([...RESYNC_FIRST_BYTES, 0xa0, 0xe7]);

/** Bits of a SimpleBlock's flags that are 0 in one without lacing (RFC 9559 10.2). */
const RESYNC_FLAGS_MASK = 0x76;

/**
 * WebM and Matroska (RFC 9559). The feed is written anew around the blocks, which stay as they are: EBML head, a segment of
 * unknown size, Info, Tracks with the audio track alone, then clusters of unknown size. So cues, tags, video and sizes that
 * no longer hold (a lost chunk, a cluster entered in its middle) never reach the decoder.
 */
export class WebmReader implements UnitReader {
  readonly name = 'WebM';
  readonly input: DecoderInput = { demuxer: 'webm' };
  #ebml: Uint8Array | undefined;
  #info: Uint8Array = new Uint8Array(0);
  #track: MatroskaTrack | undefined;
  #decoded: DecodedSamples | undefined;
  readonly #prefix = new WebmPrefix();
  /** Whether the unit before ended here, so that this is the beginning of one. */
  #synced = true;

  get sampleRate(): number | undefined {
    return this.#track?.codec.sampleRate;
  }

  get samples(): number {
    return this.#decoded?.total ?? 0;
  }

  next(bytes: Uint8Array, at: number): Unit {
    if (!this.#synced && !RESYNC_FIRST_BYTES.has(byteAt(bytes, at))) return this.#garbage(bytes, at);
    const element = readElement(bytes, at);
    if (typeof element === 'number') return { kind: 'wait', bytes: element };
    if (element === undefined || (this.#ebml === undefined && element.id !== MATROSKA_ID.ebml)) {
      return this.#garbage(bytes, at);
    }
    switch (element.id) {
      case MATROSKA_ID.simpleBlock:
      case MATROSKA_ID.blockGroup:
        return this.#nextBlock(bytes, at, element);
      case MATROSKA_ID.cluster:
        return this.#openCluster(element);
      case MATROSKA_ID.ebml:
        return this.#nextEbml(bytes, at, element);
      default:
        return this.#synced ? this.#nextOther(bytes, at, element) : this.#garbage(bytes, at);
    }
  }

  resume({ prefix, sample }: Continuation): void {
    let at = 0;
    while (at < prefix.length) {
      const unit = this.next(prefix, at);
      if (unit.kind !== 'drop') throw new AwazError('bad_media', 'The prefix of a WebM restart point is damaged.');
      at += unit.bytes;
    }
    const track = this.#tracks();
    this.#decoded = new DecodedSamples(track.codec, sample);
    this.#prefix.resume(prefix);
  }

  #tracks(): MatroskaTrack {
    if (this.#track === undefined) {
      throw new AwazError(
        'bad_media',
        'The WebM stream has audio before its Tracks element; send it from its beginning.',
      );
    }
    return this.#track;
  }

  #garbage(bytes: Uint8Array, at: number): Unit {
    this.#synced = false;
    let next = at + 1;
    while (next < bytes.length && !RESYNC_FIRST_BYTES.has(byteAt(bytes, next))) next++;
    return { kind: 'garbage', bytes: next - at };
  }

  #nextEbml(bytes: Uint8Array, at: number, element: EbmlElement): Unit {
    if (this.#ebml !== undefined) return { kind: 'new-stream' };
    const total = element.headBytes + element.size;
    if (element.size === UNKNOWN_SIZE || total > MAX_EBML_HEADER_BYTES) return this.#garbage(bytes, at);
    const wait = waitFor(bytes, at, total);
    if (wait !== undefined) return wait;
    this.#ebml = bytes.slice(at, at + total);
    this.#synced = true;
    return { kind: 'drop', bytes: total };
  }

  #openCluster(element: EbmlElement): Unit {
    this.#tracks();
    this.#prefix.openCluster();
    this.#synced = true;
    return { kind: 'drop', bytes: element.headBytes };
  }

  #nextOther(bytes: Uint8Array, at: number, element: EbmlElement): Unit {
    if (element.id === MATROSKA_ID.segment) return { kind: 'drop', bytes: element.headBytes };
    const total = element.headBytes + element.size;
    if (element.size === UNKNOWN_SIZE || total > MAX_PASSED_OVER_BYTES) return this.#garbage(bytes, at);
    if (MATROSKA_PASSED_OVER.has(element.id)) return { kind: 'drop', bytes: total };
    if (element.size > (KEPT_ELEMENTS.get(element.id) ?? -1)) return this.#garbage(bytes, at);
    return waitFor(bytes, at, total) ?? this.#wholeElement(bytes, at, element);
  }

  #wholeElement(bytes: Uint8Array, at: number, element: EbmlElement): Unit {
    const total = element.headBytes + element.size;
    const content = { id: element.id, start: at + element.headBytes, end: at + total };
    if (element.id === MATROSKA_ID.timestamp) this.#prefix.openCluster(readUnsigned(bytes, content));
    if (element.id === MATROSKA_ID.tracks) this.#openTracks(bytes, content.start, content.end);
    if (element.id === MATROSKA_ID.info && total <= MAX_INFO_BYTES) this.#info = bytes.slice(at, at + total);
    return { kind: 'drop', bytes: total };
  }

  #openTracks(bytes: Uint8Array, start: number, end: number): void {
    if (this.#track !== undefined) return;
    this.#track = readAudioTrack(bytes, start, end);
    this.#decoded = new DecodedSamples(this.#track.codec);
  }

  #nextBlock(bytes: Uint8Array, at: number, element: EbmlElement): Unit {
    if (!this.#synced && this.#track === undefined) return this.#garbage(bytes, at);
    const track = this.#tracks();
    const total = element.headBytes + element.size;
    if (element.size === UNKNOWN_SIZE || total > MAX_PASSED_OVER_BYTES) return this.#garbage(bytes, at);
    if (!this.#synced) {
      const doubt = this.#confirm(bytes, at, { element, track });
      if (doubt !== undefined) return doubt;
    }
    if (element.id === MATROSKA_ID.simpleBlock) {
      const wait = waitFor(bytes, at, element.headBytes + Math.min(element.size, 4));
      if (wait !== undefined) return wait;
      if (readBlockHead(bytes, at + element.headBytes)?.trackNumber !== track.number) {
        return { kind: 'drop', bytes: total }; // another track: may be a large picture
      }
    }
    if (total > MAX_BLOCK_BYTES) return this.#garbage(bytes, at);
    return waitFor(bytes, at, total) ?? this.#wholeBlock(bytes, at, element);
  }

  /** In garbage only this counts as a block: simple, of our track, not laced, and with the next element right behind it. */
  #confirm(
    bytes: Uint8Array,
    at: number,
    { element, track }: { element: EbmlElement; track: MatroskaTrack },
  ): Unit | undefined {
    const total = element.headBytes + element.size;
    if (element.id !== MATROSKA_ID.simpleBlock || total > MAX_RESYNC_BLOCK_BYTES) return this.#garbage(bytes, at);
    const wait = waitFor(bytes, at, total + 1);
    if (wait !== undefined) return wait;
    const content = at + element.headBytes;
    const head = readBlockHead(bytes, content);
    const isOurs = head?.trackNumber === track.number && head.bytes < element.size;
    const flags = byteAt(bytes, content + (head?.bytes ?? 0) - 1);
    if (!isOurs || (flags & RESYNC_FLAGS_MASK) !== 0 || !BEHIND_BLOCK_FIRST_BYTES.has(byteAt(bytes, at + total))) {
      return this.#garbage(bytes, at);
    }
    this.#synced = true;
    return undefined;
  }

  #wholeBlock(bytes: Uint8Array, at: number, element: EbmlElement): Unit {
    const { codec, number, entry } = this.#tracks();
    const content = at + element.headBytes;
    const read = element.id === MATROSKA_ID.simpleBlock ? readBlock : readBlockGroup;
    const block = read(bytes, content, content + element.size);
    const total = element.headBytes + element.size;
    if (block === undefined || block.trackNumber !== number) return { kind: 'drop', bytes: total };
    const ebml = this.#ebml ?? new Uint8Array(0);
    const lead = this.#prefix.lead({ ebml, info: this.#info, trackEntry: entry });
    const sample = this.#count(bytes, block, codec.swallowsFirstPacket);
    const prefix = this.#prefix.forRestart(total);
    // decoders trim differently when they begin with a block that is trimmed
    const canRestart = block.discardPaddingNs === 0 && prefix !== undefined;
    return { kind: 'feed', bytes: total, lead, restart: canRestart ? { sample, prefix } : undefined };
  }

  /** Counts a block; gives the sample at which a decoder would begin that starts with it. */
  #count(bytes: Uint8Array, block: MatroskaBlock, swallowsFirst: boolean): number {
    const { codec } = this.#tracks();
    const decoded = this.#decoded ?? new DecodedSamples(codec);
    const samples = block.frames.map(({ start, length }) => codec.samplesOf(bytes, start, length));
    const restart = decoded.restartSample(swallowsFirst ? samples[0] : 0);
    const sum = samples.reduce((total, some) => total + some, 0);
    const padding = Math.round((Math.abs(block.discardPaddingNs) * codec.sampleRate) / 1e9);
    decoded.add(sum - Math.min(padding, sum));
    this.#decoded = decoded;
    return restart;
  }
}
