/** Most bytes kept while waiting for the rest of a frame; an ADTS frame has at most 8191. */
const MAX_CARRY_BYTES = 65_536;

/** Thrown when bytes that should be ADTS are not. */
export class AdtsError extends Error {
  override name = 'AdtsError';
}

/** Cuts a byte stream of ADTS (ISO/IEC 14496-3, 1.A.3.2) into raw AAC frames of 1024 samples each. */
export class AdtsParser {
  #carry: Uint8Array = new Uint8Array(0);

  /** Takes the next bytes and returns the frames they complete, without headers, as copies. Throws {@link AdtsError}. */
  push(bytes: Uint8Array): Uint8Array<ArrayBuffer>[] {
    const data = this.#carry.length === 0 ? bytes : concat(this.#carry, bytes);
    const frames: Uint8Array<ArrayBuffer>[] = [];
    let at = 0;
    while (data.length - at >= 7) {
      const header = parseHeader(data, at);
      if (data.length - at < header.frameBytes) break;
      frames.push(data.slice(at + header.headerBytes, at + header.frameBytes) as Uint8Array<ArrayBuffer>);
      at += header.frameBytes;
    }
    this.#carry = data.slice(at);
    if (this.#carry.length > MAX_CARRY_BYTES) throw new AdtsError(`ADTS frame longer than ${MAX_CARRY_BYTES} bytes`);
    return frames;
  }
}

function parseHeader(data: Uint8Array, at: number): { headerBytes: number; frameBytes: number } {
  const byte = (index: number) => data[at + index] as number;
  if (byte(0) !== 0xff || (byte(1) & 0xf6) !== 0xf0) {
    throw new AdtsError(`no ADTS sync word, found ${byte(0).toString(16)} ${byte(1).toString(16)}`);
  }
  const headerBytes = (byte(1) & 1) === 1 ? 7 : 9; // protection_absent: no CRC
  const frameBytes = ((byte(3) & 3) << 11) | (byte(4) << 3) | (byte(5) >> 5);
  const blocks = (byte(6) & 3) + 1;
  if (frameBytes <= headerBytes) throw new AdtsError(`ADTS frame of ${frameBytes} bytes is shorter than its header`);
  if (blocks !== 1) throw new AdtsError(`ADTS frame with ${blocks} raw data blocks; the encoder writes one`);
  return { headerBytes, frameBytes };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
