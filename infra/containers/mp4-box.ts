import { fourCharacters, u32, u64 } from './byte-fields.ts';

/** The head of a box (ISO/IEC 14496-12 4.2): `size` counts the head too; 0 means up to the end of the file. */
export type Mp4BoxHead = { type: string; size: number; headBytes: number };

/** The box head at `at`; the number of bytes needed when fewer are at hand; undefined when its size is smaller than its head. */
export function readBoxHead(bytes: Uint8Array, at: number): Mp4BoxHead | number | undefined {
  const available = bytes.length - at;
  if (available < 8) return 8;
  const size = u32(bytes, at);
  const type = fourCharacters(bytes, at + 4);
  if (size !== 1) return size === 0 || size >= 8 ? { type, size, headBytes: 8 } : undefined;
  if (available < 16) return 16;
  const largeSize = u64(bytes, at + 8);
  return largeSize >= 16 ? { type, size: largeSize, headBytes: 16 } : undefined;
}

/** A box inside another one that is in memory: where it begins, and the range of its content. */
export type Mp4Box = { type: string; at: number; start: number; end: number };

/** Boxes that follow one another from `start` to `end`; stops at the first one that does not fit. */
export function* mp4Boxes(bytes: Uint8Array, start: number, end: number): Generator<Mp4Box> {
  let at = start;
  while (at + 8 <= end) {
    const head = readBoxHead(bytes, at);
    if (head === undefined || typeof head === 'number' || head.size === 0 || at + head.size > end) return;
    yield { type: head.type, at, start: at + head.headBytes, end: at + head.size };
    at += head.size;
  }
}

/** The first box of a type inside another one. */
export function mp4Child(bytes: Uint8Array, parent: Pick<Mp4Box, 'start' | 'end'>, type: string): Mp4Box | undefined {
  for (const box of mp4Boxes(bytes, parent.start, parent.end)) {
    if (box.type === type) return box;
  }
  return undefined;
}

/** The box at the end of a path of types. */
export function mp4Descendant(
  bytes: Uint8Array,
  parent: Pick<Mp4Box, 'start' | 'end'>,
  path: string,
): Mp4Box | undefined {
  let box: Mp4Box | undefined;
  for (const type of path.split('/')) {
    box = mp4Child(bytes, box ?? parent, type);
    if (box === undefined) return undefined;
  }
  return box;
}
