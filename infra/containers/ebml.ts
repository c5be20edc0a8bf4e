import { byteAt } from './byte-fields.ts';

/** Size of an element whose end is not known in advance (RFC 8794 6.2): it ends where an element of a higher level begins. */
export const UNKNOWN_SIZE = -1;

/** The head of an EBML element: id with its marker bits, size of the content in bytes, size of the head itself. */
export type EbmlElement = { id: number; size: number; headBytes: number };

/** Bytes of a variable-size integer by its first byte; 0 when it has none of the eight lengths. */
function vintBytes(first: number): number {
  return first === 0 ? 0 : Math.clz32(first) - 23;
}

/** A variable-size integer without its marker (RFC 8794 4); {@link UNKNOWN_SIZE} when all its bits are set. */
export function readVint(bytes: Uint8Array, at: number): { value: number; bytes: number } | undefined {
  const first = byteAt(bytes, at);
  const length = vintBytes(first);
  if (length === 0) return undefined;
  let value = first & (0xff >> length);
  let allSet = value === 0xff >> length;
  for (let i = 1; i < length; i++) {
    const byte = byteAt(bytes, at + i);
    value = value * 256 + byte;
    allSet &&= byte === 0xff;
  }
  return { value: allSet ? UNKNOWN_SIZE : value, bytes: length };
}

/**
 * The element head at `at`; the number of bytes needed when fewer are at hand; undefined when no element can begin so.
 * Ids have at most four bytes (RFC 9559 5).
 */
export function readElement(bytes: Uint8Array, at: number): EbmlElement | number | undefined {
  const available = bytes.length - at;
  if (available < 2) return 2;
  const idBytes = vintBytes(byteAt(bytes, at));
  if (idBytes === 0 || idBytes > 4) return undefined;
  if (available <= idBytes) return idBytes + 1;
  let id = 0;
  for (let i = 0; i < idBytes; i++) id = id * 256 + byteAt(bytes, at + i);
  const sizeBytes = vintBytes(byteAt(bytes, at + idBytes));
  if (sizeBytes === 0) return undefined;
  if (available < idBytes + sizeBytes) return idBytes + sizeBytes;
  const size = readVint(bytes, at + idBytes);
  return size === undefined ? undefined : { id, size: size.value, headBytes: idBytes + sizeBytes };
}

/** A child element inside a master element that is in memory; the range is its content's. */
export type EbmlChild = { id: number; start: number; end: number };

/** Children of a master element whose content is `start` to `end`; stops at the first one that does not fit. */
export function* ebmlChildren(bytes: Uint8Array, start: number, end: number): Generator<EbmlChild> {
  let at = start;
  while (at < end) {
    const element = readElement(bytes, at);
    if (element === undefined || typeof element === 'number' || element.size === UNKNOWN_SIZE) return;
    const content = at + element.headBytes;
    if (content + element.size > end) return;
    yield { id: element.id, start: content, end: content + element.size };
    at = content + element.size;
  }
}

/** An unsigned integer element's value; exact up to 2^53. */
export function readUnsigned(bytes: Uint8Array, { start, end }: EbmlChild): number {
  let value = 0;
  for (let at = start; at < end; at++) value = value * 256 + byteAt(bytes, at);
  return value;
}

/** A float element's value; 0 when it has no bytes. */
export function readFloat(bytes: Uint8Array, { start, end }: EbmlChild): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  if (end - start === 4) return view.getFloat32(0);
  return end - start === 8 ? view.getFloat64(0) : 0;
}

/** A signed integer element's value; exact up to 2^53. */
export function readSigned(bytes: Uint8Array, child: EbmlChild): number {
  const value = readUnsigned(bytes, child);
  const bits = (child.end - child.start) * 8;
  return bits > 0 && value >= 2 ** (bits - 1) ? value - 2 ** bits : value;
}
