import { byteAt } from './byte-fields.ts';
import { ebmlChildren, readSigned, readVint, UNKNOWN_SIZE } from './ebml.ts';
import { MATROSKA_ID } from './matroska-ids.ts';

/** A frame inside a block. */
export type BlockFrame = { start: number; length: number };

/** Frames of a block (RFC 9559 10). */
export type MatroskaBlock = {
  trackNumber: number;
  frames: BlockFrame[];
  /** Nanoseconds that a decoder trims off the end. */
  discardPaddingNs: number;
};

/** Number of bytes of a block's head: track number, timestamp, flags; and the track. Undefined when it is none. */
export function readBlockHead(bytes: Uint8Array, start: number): { trackNumber: number; bytes: number } | undefined {
  const track = readVint(bytes, start);
  if (track === undefined || track.value < 1 || track.bytes > 4) return undefined;
  return { trackNumber: track.value, bytes: track.bytes + 3 };
}

/** How many sizes stand in a block's head, and where the block ends. */
type SizeTable = { count: number; end: number };

/** Sizes with Xiph lacing (RFC 9559 10.3.2): sums of bytes, each run ended by one below 255. */
function xiphSizes(bytes: Uint8Array, at: number, table: SizeTable): { sizes: number[]; at: number } {
  const sizes: number[] = [];
  let next = at;
  for (let i = 0; i < table.count; i++) {
    let size = 0;
    let byte = 255;
    while (byte === 255 && next < table.end) {
      byte = byteAt(bytes, next++);
      size += byte;
    }
    sizes.push(size);
  }
  return { sizes, at: next };
}

/** Sizes with EBML lacing (RFC 9559 10.3.3): the first as it is, the others as signed differences. */
function ebmlSizes(bytes: Uint8Array, at: number, table: SizeTable): { sizes: number[]; at: number } {
  const sizes: number[] = [];
  let next = at;
  let size = 0;
  for (let i = 0; i < table.count; i++) {
    const vint = next < table.end ? readVint(bytes, next) : undefined;
    if (vint === undefined || vint.value === UNKNOWN_SIZE) return { sizes: [-1], at: next };
    size = i === 0 ? vint.value : size + vint.value - (2 ** (7 * vint.bytes - 1) - 1);
    sizes.push(size);
    next += vint.bytes;
  }
  return { sizes, at: next };
}

function lacedFrames(
  bytes: Uint8Array,
  start: number,
  block: { end: number; lacing: number },
): BlockFrame[] | undefined {
  const count = byteAt(bytes, start) + 1;
  const fixed = block.end - start - 1;
  if (block.lacing === 2) {
    if (fixed % count !== 0) return undefined;
    const length = fixed / count;
    return Array.from({ length: count }, (_, i) => ({ start: start + 1 + i * length, length }));
  }
  const table = { count: count - 1, end: block.end };
  const { sizes, at } = (block.lacing === 1 ? xiphSizes : ebmlSizes)(bytes, start + 1, table);
  const frames: BlockFrame[] = [];
  let next = at;
  for (const length of sizes) {
    if (length < 0) return undefined;
    frames.push({ start: next, length });
    next += length;
  }
  if (next > block.end) return undefined;
  frames.push({ start: next, length: block.end - next });
  return frames;
}

/** Reads the content of a SimpleBlock or Block; undefined when its lacing is broken. */
export function readBlock(bytes: Uint8Array, start: number, end: number): MatroskaBlock | undefined {
  const head = readBlockHead(bytes, start);
  if (head === undefined || start + head.bytes > end) return undefined;
  const payload = start + head.bytes;
  const lacing = (byteAt(bytes, payload - 1) >> 1) & 3;
  const frames =
    lacing === 0 ? [{ start: payload, length: end - payload }] : lacedFrames(bytes, payload, { end, lacing });
  return frames === undefined ? undefined : { trackNumber: head.trackNumber, frames, discardPaddingNs: 0 };
}

/** Reads the content of a BlockGroup; undefined when there is no well-formed block in it. */
export function readBlockGroup(bytes: Uint8Array, start: number, end: number): MatroskaBlock | undefined {
  let block: MatroskaBlock | undefined;
  let discardPaddingNs = 0;
  for (const child of ebmlChildren(bytes, start, end)) {
    if (child.id === MATROSKA_ID.block) block ??= readBlock(bytes, child.start, child.end);
    if (child.id === MATROSKA_ID.discardPadding) discardPaddingNs = readSigned(bytes, child);
  }
  return block === undefined ? undefined : { ...block, discardPaddingNs };
}
