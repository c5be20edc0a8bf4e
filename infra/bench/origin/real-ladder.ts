import { encodeMedia } from '../../testkit/index.ts';

/** A rendition as an encoder makes it: an init section and parts of nine frames each. */
export type RealRendition = { name: string; kbps: number; init: Buffer; parts: Buffer[] };

/** Length of a part: nine frames of 1024 samples at 48 kHz, in microseconds. */
const PART_US = 192_000;

/** Encodes noise in parts of 192 ms at each bit rate of the usual ladder. */
export function encodeLadder(seconds: number): Promise<RealRendition[]> {
  return Promise.all([64, 128, 256].map((kbps) => encodeRung(kbps, seconds)));
}

async function encodeRung(kbps: number, seconds: number): Promise<RealRendition> {
  const fragments = [
    '-movflags',
    'empty_moov+default_base_moof',
    '-frag_duration',
    String(PART_US),
    '-use_editlist',
    '0',
  ];
  const output = ['-c:a', 'aac', '-b:a', `${kbps}k`, ...fragments, '-f', 'mp4'];
  const boxes = splitBoxes(Buffer.from(await encodeMedia({ output, seconds })));
  const starts = boxes.flatMap(({ type }, index) => (type === 'moof' ? [index] : []));
  const between = (from: number, to: number) => Buffer.concat(boxes.slice(from, to).map(({ bytes }) => bytes));
  const parts = starts.slice(0, -1).map((start) => between(start, start + 2));
  return { name: `${kbps}k`, kbps, init: between(0, starts[0] ?? 0), parts };
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
