/** A box of an ISO base media file (ISO/IEC 14496-12, 4.2). */
export type Box = {
  /** Four characters. */
  type: string;
  /** Offset of its header in what was read. */
  start: number;
  /** Its bytes without the header. */
  body: Uint8Array;
};

/** Thrown where bytes are no boxes. */
export class BoxError extends Error {
  override name = 'BoxError';
}

/** Splits bytes into boxes. Throws a {@link BoxError} when they do not end where the last box ends. */
export function readBoxes(bytes: Uint8Array): Box[] {
  const boxes: Box[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    const box = readBox(bytes, offset);
    boxes.push(box);
    offset = box.body.byteOffset - bytes.byteOffset + box.body.length;
  }
  return boxes;
}

function readBox(bytes: Uint8Array, start: number): Box {
  if (bytes.length - start < 8) throw new BoxError(`${bytes.length - start} bytes at ${start} are too few for a box`);
  const view = fields(bytes);
  const type = fourCharacters(bytes, start + 4);
  if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) throw new BoxError(`what stands at byte ${start} is no box`);
  const small = view.getUint32(start);
  const isLarge = small === 1;
  const headerBytes = isLarge ? 16 : 8;
  if (isLarge && bytes.length - start < 16) throw new BoxError(`box ${type} at byte ${start} is cut off`);
  // 4.2: "if size is 0, then this box shall be in a top-level box […] and its contents extend to the end of the file"
  const size = isLarge ? Number(view.getBigUint64(start + 8)) : small === 0 ? bytes.length - start : small;
  if (size < headerBytes || start + size > bytes.length) {
    throw new BoxError(`box ${type} at byte ${start} has ${size} bytes, but ${bytes.length - start} are there`);
  }
  return { type, start, body: bytes.subarray(start + headerBytes, start + size) };
}

/** The box at the end of a path of types below `bytes`; undefined when there is none. */
export function findBox(bytes: Uint8Array, ...path: readonly string[]): Box | undefined {
  const [type, ...rest] = path;
  const box = readBoxes(bytes).find((candidate) => candidate.type === type);
  return box === undefined || rest.length === 0 ? box : findBox(box.body, ...rest);
}

/** Big-endian fields of a box. */
export function fields(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Four characters, as box types and brands are written. */
export function fourCharacters(bytes: Uint8Array, offset: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + 4));
}
