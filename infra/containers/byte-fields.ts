/** The byte at `at`; 0 behind the end, so that a truncated unit never yields NaN. */
export function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** Unsigned 16 bits, big endian. */
export function u16(bytes: Uint8Array, at: number): number {
  return (byteAt(bytes, at) << 8) | byteAt(bytes, at + 1);
}

/** Unsigned 24 bits, big endian. */
export function u24(bytes: Uint8Array, at: number): number {
  return (u16(bytes, at) << 8) | byteAt(bytes, at + 2);
}

/** Unsigned 32 bits, big endian. */
export function u32(bytes: Uint8Array, at: number): number {
  return ((u16(bytes, at) << 16) | u16(bytes, at + 2)) >>> 0;
}

/** Unsigned 64 bits, big endian; exact up to 2^53. */
export function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) * 2 ** 32 + u32(bytes, at + 4);
}

/** Unsigned 16 bits, little endian. */
export function u16le(bytes: Uint8Array, at: number): number {
  return byteAt(bytes, at) | (byteAt(bytes, at + 1) << 8);
}

/** Unsigned 32 bits, little endian. */
export function u32le(bytes: Uint8Array, at: number): number {
  return (u16le(bytes, at) | (u16le(bytes, at + 2) << 16)) >>> 0;
}

/** Whether the ASCII text stands at `at`. */
export function hasText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (bytes[at + i] !== text.charCodeAt(i)) return false;
  }
  return true;
}

/** Four ASCII characters at `at`; `?` for what is not printable. */
export function fourCharacters(bytes: Uint8Array, at: number): string {
  let text = '';
  for (let i = 0; i < 4; i++) {
    const code = byteAt(bytes, at + i);
    text += code >= 0x20 && code < 0x7f ? String.fromCharCode(code) : '?';
  }
  return text;
}

/** ASCII text as bytes. */
export function textBytes(text: string): number[] {
  return [...text].map((character) => character.charCodeAt(0));
}

/** One array with the bytes of all. */
export function concatBytes(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
