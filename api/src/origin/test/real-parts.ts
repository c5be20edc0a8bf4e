import { decodeMedia, encodeMedia } from '@awaz/infra/testkit';

/** A rendition as ffmpeg makes it: an init section and parts of nine frames each. */
export type RealRendition = { init: Buffer; parts: Buffer[] };

/** Encodes noise, the same each time, in parts of 192 ms. */
export async function encodeParts(kbps: number, seconds: number): Promise<RealRendition> {
  const fragments = ['-movflags', 'empty_moov+default_base_moof', '-frag_duration', '192000', '-use_editlist', '0'];
  const output = ['-c:a', 'aac', '-b:a', `${kbps}k`, ...fragments, '-f', 'mp4'];
  const boxes = splitBoxes(Buffer.from(await encodeMedia({ output, seconds })));
  const starts = boxes.flatMap(({ type }, index) => (type === 'moof' ? [index] : []));
  const between = (from: number, to: number) => Buffer.concat(boxes.slice(from, to).map(({ bytes }) => bytes));
  return { init: between(0, starts[0] ?? 0), parts: starts.slice(0, -1).map((start) => between(start, start + 2)) };
}

/** Decodes a stream: samples of both channels in turn. */
export async function pcmOf(demuxer: 'aac' | 'mov' | 'mp3', bytes: Buffer): Promise<Float32Array> {
  const { pcm, stderr } = await decodeMedia({ demuxer }, bytes);
  if (pcm.length === 0) throw new Error(`Nothing could be decoded: ${stderr}`);
  return pcm;
}

/** A part of frames with these bytes, as short as it may be. */
export function fragmentOf(frames: readonly Buffer[]): Buffer {
  const moof = (dataOffset: number) => {
    const entries = frames.map((frame) => u32(frame.length));
    const trun = box('trun', u32(0x201), u32(frames.length), u32(dataOffset), ...entries);
    return box('moof', box('mfhd', u32(0), u32(1)), box('traf', box('tfhd', u32(0x20000), u32(1)), trun));
  };
  return Buffer.concat([moof(moof(0).length + 8), box('mdat', ...frames)]);
}

function box(type: string, ...content: Buffer[]): Buffer {
  const size = content.reduce((sum, { length }) => sum + length, 8);
  return Buffer.concat([u32(size), Buffer.from(type, 'latin1'), ...content]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function splitBoxes(bytes: Buffer): { type: string; bytes: Buffer }[] {
  const boxes: { type: string; bytes: Buffer }[] = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    boxes.push({ type: bytes.toString('latin1', at + 4, at + 8), bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return boxes;
}
