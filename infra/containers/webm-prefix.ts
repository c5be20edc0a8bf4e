import { concatBytes } from './byte-fields.ts';
import { MATROSKA_ID } from './matroska-ids.ts';

const SEGMENT_OPENING = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
const CLUSTER_OPENING = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

/** Prefixes of restart points are at most this many times as long as the blocks they are made for. */
const MAX_PREFIX_SHARE = 4;

/** The opening of a cluster of unknown size with its timestamp. */
function clusterOpening(timestamp: number): Uint8Array {
  const bytes = new Uint8Array(CLUSTER_OPENING.length + 10);
  bytes.set(CLUSTER_OPENING);
  bytes.set([MATROSKA_ID.timestamp, 0x88], CLUSTER_OPENING.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(bytes.length - 8, Math.floor(timestamp / 2 ** 32));
  view.setUint32(bytes.length - 4, timestamp % 2 ** 32);
  return bytes;
}

/** `Tracks` with one entry; its size is written in eight bytes. */
function tracksElement(entry: Uint8Array): Uint8Array {
  const head = new Uint8Array([0x16, 0x54, 0xae, 0x6b, 0x01, 0, 0, 0, 0, 0, 0, 0]);
  new DataView(head.buffer).setUint32(8, entry.length);
  return concatBytes([head, entry]);
}

/** Elements that a stream's header is made of, heads included. */
export type WebmHeaderElements = { ebml: Uint8Array; info: Uint8Array; trackEntry: Uint8Array };

/** What has to stand before a block: the stream's header and the opening of its cluster, fed or as a restart prefix. */
export class WebmPrefix {
  #header: Uint8Array | undefined;
  #headerFed = false;
  #clusterTime = 0;
  #opening: Uint8Array | undefined;
  #prefix: Uint8Array | undefined;
  #blockBytes = Number.POSITIVE_INFINITY;

  /** Begins a cluster, or gives the current one its timestamp. */
  openCluster(timestamp = this.#clusterTime): void {
    this.#clusterTime = timestamp;
    this.#opening = undefined;
    this.#prefix = undefined;
  }

  /** Goes on behind a prefix that the decoder was given. */
  resume(prefix: Uint8Array): void {
    this.#headerFed = true;
    this.#opening = prefix;
    this.#prefix = prefix;
  }

  /** What must be fed before the next block; undefined when it was. */
  lead(elements: WebmHeaderElements): Uint8Array | undefined {
    if (this.#opening !== undefined) return undefined;
    const { ebml, info, trackEntry } = elements;
    this.#header ??= concatBytes([ebml, SEGMENT_OPENING, info, tracksElement(trackEntry)]);
    this.#opening = clusterOpening(this.#clusterTime);
    if (this.#headerFed) return this.#opening;
    this.#headerFed = true;
    return concatBytes([this.#header, this.#opening]);
  }

  /** The prefix for a block of so many bytes; undefined when too few bytes came since one was made. */
  forRestart(blockBytes: number): Uint8Array | undefined {
    this.#blockBytes += blockBytes;
    const header = this.#header ?? [];
    if (this.#prefix === undefined && this.#blockBytes * MAX_PREFIX_SHARE >= header.length) {
      this.#prefix = concatBytes([header, this.#opening ?? []]);
      this.#blockBytes = 0;
    }
    return this.#prefix;
  }
}
