/** Bytes of a box's content, nested as deep as reads well. */
export type Content = number[] | Uint8Array | Content[];

/** One byte. */
export const u8 = (value: number): number[] => [value & 0xff];

/** Two bytes, big endian. */
export const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];

/** Three bytes, big endian. */
export const u24 = (value: number): number[] => [(value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];

/** Four bytes, big endian. */
export const u32 = (value: number): number[] => [
  (value >>> 24) & 0xff,
  (value >>> 16) & 0xff,
  (value >>> 8) & 0xff,
  value & 0xff,
];

/** Eight bytes, big endian, of a safe integer. */
export const u64 = (value: number): number[] => [...u32(Math.floor(value / 2 ** 32)), ...u32(value % 2 ** 32)];

/** A fixed-point 16.16 number. */
export const fixed16 = (value: number): number[] => u32(Math.round(value * 65_536));

/** One byte for each ASCII character. */
export const ascii = (text: string): number[] => Array.from(text, (character) => character.charCodeAt(0));

/** A run of zero bytes. */
export const zeros = (count: number): number[] => new Array<number>(count).fill(0);

/** Size of nested content in bytes. */
export function sizeOf(content: Content): number {
  if (content instanceof Uint8Array || content.length === 0 || typeof content[0] === 'number') return content.length;
  return (content as Content[]).reduce((sum, item) => sum + sizeOf(item), 0);
}

function write(target: Uint8Array, offset: number, content: Content): number {
  if (content instanceof Uint8Array || content.length === 0 || typeof content[0] === 'number') {
    target.set(content as ArrayLike<number>, offset);
    return offset + content.length;
  }
  return (content as Content[]).reduce<number>((at, item) => write(target, at, item), offset);
}

/** Nested content as bytes. */
export function flatten(content: Content): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(sizeOf(content));
  write(bytes, 0, content);
  return bytes;
}

/** A box: size, four-character type, content (ISO/IEC 14496-12, 4.2). */
export function box(type: string, ...content: Content[]): Content {
  return [u32(8 + sizeOf(content)), ascii(type), ...content];
}

/** A full box: a box that starts with version and flags (ISO/IEC 14496-12, 4.2). */
export function fullBox(
  type: string,
  { version = 0, flags = 0 }: { version?: number; flags?: number },
  ...content: Content[]
): Content {
  return box(type, u8(version), u24(flags), ...content);
}
