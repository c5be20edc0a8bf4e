import { AwazError } from '../contract/index.ts';
import { concatBytes, hasText } from './byte-fields.ts';
import type { Continuation, DecoderInput } from './container-scanner.ts';
import { type Mp4Box, type Mp4BoxHead, readBoxHead } from './mp4-box.ts';
import { type Mp4Fragment, movableFragment, readFragment } from './mp4-fragment.ts';
import { FRAGMENT_REMEDY, type Mp4Track, readMovie, withoutTrims } from './mp4-movie.ts';
import { DecodedSamples } from './packet-codec.ts';
import { MAX_UNIT_BYTES, type Unit, type UnitReader, waitFor } from './unit-reader.ts';

/** Largest `mdat` box: over half an hour at 256 kbit/s. */
const MAX_MDAT_BYTES = 67_108_864;

/** Largest box that is passed over. */
const MAX_PASSED_OVER_BYTES = 16_777_216;

/** Largest sample that is counted; larger ones are no audio. */
const MAX_SAMPLE_BYTES = 65_536;

const MAX_FILE_TYPE_BYTES = 4096;

/** Boxes between fragments that mean nothing to a live decoder. */
const PASSED_OVER: ReadonlySet<string> = new Set(
  'styp sidx ssix emsg prft free skip wide mfra uuid meta pdin udta'.split(' '),
);

/**
 * Fragmented MP4 (ISO/IEC 14496-12) with AAC or Opus. Samples are counted by what decoders make of them: 1024 for AAC, the
 * TOC byte for Opus; durations in `trun` jitter where browsers write them. `mdat` goes to the decoder as it comes in.
 * Edit lists are taken out: versions of ffmpeg differ in what they trim by them, so AAC priming is part of the count.
 */
export class Mp4Reader implements UnitReader {
  readonly name = 'MP4';
  readonly input: DecoderInput = { demuxer: 'mp4' };
  #fileType: Uint8Array = new Uint8Array(0);
  #prefix: Uint8Array | undefined;
  #track: Mp4Track | undefined;
  #decoded: DecodedSamples | undefined;
  #fragment: Mp4Fragment | undefined;
  #nextSample = 0;
  /** Bytes since the first one of the current `moof`. */
  #position = 0;
  /** Bytes of the current `mdat` still to come. */
  #dataLeft = 0;
  /** Whether the box before ended here, so that this is the beginning of one. */
  #synced = true;

  get sampleRate(): number | undefined {
    return this.#track?.codec.sampleRate;
  }

  get samples(): number {
    return this.#decoded?.total ?? 0;
  }

  next(bytes: Uint8Array, at: number): Unit {
    if (this.#dataLeft > 0) return this.#nextData(bytes, at);
    const head = readBoxHead(bytes, at);
    if (typeof head === 'number') return { kind: 'wait', bytes: head };
    if (head === undefined || head.size === 0) return this.#garbage(bytes, at);
    if (!this.#synced) {
      const doubt = this.#confirm(bytes, at, head);
      if (doubt !== undefined) return doubt;
    }
    switch (head.type) {
      case 'ftyp':
        return this.#nextFileType(bytes, at, head);
      case 'moov':
        return this.#nextMovie(bytes, at, head);
      case 'moof':
        return this.#nextFragment(bytes, at, head);
      case 'mdat':
        return this.#openData(head);
      default:
        return this.#nextOther(bytes, at, head);
    }
  }

  resume({ prefix, sample }: Continuation): void {
    let at = 0;
    while (at < prefix.length) {
      const unit = this.next(prefix, at);
      if (unit.kind !== 'drop' && unit.kind !== 'feed') {
        throw new AwazError('bad_media', 'The prefix of an MP4 restart point is damaged.');
      }
      at += unit.bytes;
    }
    this.#decoded = new DecodedSamples(this.#openTrack().codec, sample);
  }

  #openTrack(): Mp4Track {
    if (this.#track === undefined) {
      throw new AwazError('bad_media', `The MP4 stream has audio before its "moov" box. ${FRAGMENT_REMEDY}`);
    }
    return this.#track;
  }

  /** Looks for the next `moof` or `ftyp`; seven bytes stay, they may be the beginning of one. */
  #garbage(bytes: Uint8Array, at: number): Unit {
    this.#synced = false;
    this.#fragment = undefined;
    const last = bytes.length - 7;
    let next = at + 1;
    while (next < last && !hasText(bytes, next + 4, 'moof') && !hasText(bytes, next + 4, 'ftyp')) next++;
    return { kind: 'garbage', bytes: next - at };
  }

  #confirm(bytes: Uint8Array, at: number, head: Mp4BoxHead): Unit | undefined {
    const wait = waitFor(bytes, at, 16);
    if (wait !== undefined) return wait;
    const isFragment = head.type === 'moof' && hasText(bytes, at + 12, 'mfhd') && head.size <= MAX_UNIT_BYTES;
    const isStart = head.type === 'ftyp' && head.size <= MAX_FILE_TYPE_BYTES;
    if (!isFragment && !isStart) return this.#garbage(bytes, at);
    this.#synced = true;
    return undefined;
  }

  #nextFileType(bytes: Uint8Array, at: number, head: Mp4BoxHead): Unit {
    if (this.#track !== undefined) return { kind: 'new-stream' };
    if (head.size > MAX_FILE_TYPE_BYTES) return this.#garbage(bytes, at);
    const wait = waitFor(bytes, at, head.size);
    if (wait !== undefined) return wait;
    this.#fileType = bytes.slice(at, at + head.size);
    return { kind: 'drop', bytes: head.size };
  }

  #nextMovie(bytes: Uint8Array, at: number, head: Mp4BoxHead): Unit {
    if (this.#track !== undefined) return { kind: 'new-stream' };
    const wait = waitFor(bytes, at, head.size);
    if (wait !== undefined) return wait;
    const moov: Mp4Box = { type: 'moov', at, start: at + head.headBytes, end: at + head.size };
    this.#track = readMovie(bytes, moov);
    this.#decoded = new DecodedSamples(this.#track.codec);
    this.#prefix = concatBytes([this.#fileType, withoutTrims(bytes, moov)]);
    return { kind: 'feed', bytes: head.size, as: this.#prefix };
  }

  #nextFragment(bytes: Uint8Array, at: number, head: Mp4BoxHead): Unit {
    const track = this.#openTrack();
    if (head.size > MAX_UNIT_BYTES) return this.#garbage(bytes, at);
    const wait = waitFor(bytes, at, head.size);
    if (wait !== undefined) return wait;
    const moof: Mp4Box = { type: 'moof', at, start: at + head.headBytes, end: at + head.size };
    this.#fragment = readFragment(bytes, moof, track);
    this.#nextSample = 0;
    this.#position = head.size;
    const sample = this.#decoded?.restartSample() ?? 0;
    const restart = this.#fragment.sizes.length > 0 ? { sample, prefix: this.#prefix ?? new Uint8Array(0) } : undefined;
    return { kind: 'feed', bytes: head.size, as: movableFragment(bytes, moof), restart };
  }

  #openData(head: Mp4BoxHead): Unit {
    this.#openTrack();
    if (head.size > MAX_MDAT_BYTES) {
      throw new AwazError('bad_media', `The MP4 stream has a fragment of ${head.size} bytes. Push shorter fragments.`);
    }
    if (this.#fragment === undefined) return { kind: 'drop', bytes: head.size };
    this.#position += head.headBytes;
    this.#dataLeft = head.size - head.headBytes;
    if (this.#dataLeft === 0) this.#fragment = undefined;
    return { kind: 'feed', bytes: head.headBytes };
  }

  #nextOther(bytes: Uint8Array, at: number, head: Mp4BoxHead): Unit {
    if (!PASSED_OVER.has(head.type) || head.size > MAX_PASSED_OVER_BYTES) return this.#garbage(bytes, at);
    if (this.#fragment === undefined) return { kind: 'drop', bytes: head.size };
    const wait = waitFor(bytes, at, head.size); // between moof and mdat: data offsets count these bytes too
    if (wait !== undefined) return wait;
    this.#position += head.size;
    return { kind: 'feed', bytes: head.size };
  }

  /** Data of the fragment: whole samples of our track, and as much as there is of what stands between them. */
  #nextData(bytes: Uint8Array, at: number): Unit {
    const available = Math.min(bytes.length - at, this.#dataLeft);
    const sample = this.#sampleAhead();
    if (sample === undefined) return this.#takeData(available);
    if (sample.start > this.#position) return this.#takeData(Math.min(available, sample.start - this.#position));
    const isOurs = sample.size <= this.#dataLeft && sample.size <= MAX_SAMPLE_BYTES;
    if (isOurs && sample.size > available) return { kind: 'wait', bytes: sample.size };
    this.#nextSample++;
    if (!isOurs) return this.#takeData(available);
    this.#decoded?.add(this.#openTrack().codec.samplesOf(bytes, at, sample.size));
    return this.#takeData(sample.size);
  }

  /** The next sample that is not empty and not behind us. */
  #sampleAhead(): { start: number; size: number } | undefined {
    const { starts, sizes } = this.#fragment ?? { starts: [], sizes: [] };
    for (; this.#nextSample < starts.length; this.#nextSample++) {
      const start = starts[this.#nextSample] ?? 0;
      const size = sizes[this.#nextSample] ?? 0;
      if (start >= this.#position && size > 0) return { start, size };
    }
    return undefined;
  }

  #takeData(count: number): Unit {
    this.#position += count;
    this.#dataLeft -= count;
    if (this.#dataLeft === 0) this.#fragment = undefined;
    return { kind: 'feed', bytes: count };
  }
}
