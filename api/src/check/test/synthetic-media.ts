const encoder = new TextEncoder();

const u16 = (value: number) => [value >>> 8, value & 255];
const u32 = (value: number) => [...u16(value >>> 16), ...u16(value & 65_535)];
const zeros = (count: number) => new Array<number>(count).fill(0);
const text = (value: string) => [...encoder.encode(value)];

function box(type: string, ...content: readonly number[][]): number[] {
  const body = content.flat();
  return [...u32(8 + body.length), ...text(type), ...body];
}

/** Samples per second, the timescale too, and samples in one frame. */
export const RATE = 48_000;
export const FRAME = 1024;

/** An init section of AAC-LC, or of another object type; `channels` 2 when left out. */
export function syntheticInit({ objectType = 2, channels = 2 } = {}): Uint8Array {
  const config = u16((objectType << 11) | (3 << 7) | (channels << 3));
  const decoder = [0x40, 0x15, ...zeros(11), 0x05, config.length, ...config];
  const stream = [...u16(1), 0, 0x04, decoder.length, ...decoder];
  const esds = box('esds', zeros(4), [0x03, stream.length, ...stream]);
  const mp4a = box('mp4a', zeros(6), u16(1), zeros(8), u16(channels), u16(16), zeros(4), u16(RATE), u16(0), esds);
  const stbl = box('stbl', box('stsd', zeros(4), u32(1), mp4a));
  const hdlr = box('hdlr', zeros(8), text('soun'), zeros(12), [0]);
  const mdhd = box('mdhd', zeros(12), u32(RATE), zeros(8));
  const tkhd = box('tkhd', zeros(12), u32(1), zeros(64));
  const trex = box('trex', zeros(4), u32(1), u32(1), u32(FRAME), zeros(8));
  const trak = box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', stbl)));
  return Uint8Array.from([...box('ftyp', text('iso6'), zeros(4)), ...box('moov', trak, box('mvex', trex))]);
}

/** A fragment of `frames` frames of `frameBytes` bytes from frame number `firstFrame` on; its bytes tell who it is. */
export function syntheticFragment({
  firstFrame,
  frames,
  frameBytes,
}: {
  firstFrame: number;
  frames: number;
  frameBytes: number;
}): Uint8Array {
  const time = firstFrame * FRAME;
  const tfdt = box('tfdt', [1, 0, 0, 0], u32(Math.floor(time / 2 ** 32)), u32(time % 2 ** 32));
  const sizes = Array.from({ length: frames }, () => u32(frameBytes)).flat();
  const trun = box('trun', u32(0x000201), u32(frames), u32(0), sizes);
  const moof = box(
    'moof',
    box('mfhd', zeros(4), u32(firstFrame + 1)),
    box('traf', box('tfhd', zeros(4), u32(1)), tfdt, trun),
  );
  const payload = new Uint8Array(frames * frameBytes).fill((firstFrame * 31 + frameBytes) & 255);
  return Uint8Array.from([...moof, ...u32(8 + payload.length), ...text('mdat'), ...payload]);
}
