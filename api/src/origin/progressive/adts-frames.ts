/** ADTS header without CRC (ISO/IEC 13818-7, 6.2), in bytes. */
const ADTS_HEADER_BYTES = 7;

/** `audio_object_type - 1` of AAC-LC, `sampling_frequency_index` of 48 kHz, and how many channels. */
const PROFILE = 1;
const FREQUENCY_INDEX = 3;
const CHANNELS = 2;

/** Flags of `trun` (ISO/IEC 14496-12, 8.8.8) and the bytes that each adds to a sample's entry. */
const DATA_OFFSET = 0x1;
const FIRST_SAMPLE_FLAGS = 0x4;
const SAMPLE_SIZE = 0x200;
const SAMPLE_FIELDS = [0x100, SAMPLE_SIZE, 0x400, 0x800];

type Span = { start: number; end: number };

/**
 * The AAC frames of a part (`moof` + `mdat`) as an ADTS stream. Undefined when the part does not tell the sizes of its
 * samples in the way in which ours do.
 */
export function adtsOfPart(part: Buffer): Buffer | undefined {
  const moof = findBox(part, 'moof', { start: 0, end: part.length });
  const traf = moof && findBox(part, 'traf', moof);
  const trun = traf && findBox(part, 'trun', traf);
  if (moof === undefined || trun === undefined || trun.end - trun.start < 12) return undefined;
  const frames = readTrun(part, trun);
  // The offset counts from the first byte of the moof box, which lies before its content.
  return frames && writeAdts(part, moof.start - 8 + frames.dataOffset, frames.sizes);
}

/** Where frame `index` of an ADTS stream begins; its end where there are fewer. */
export function adtsFrameStart(adts: Buffer, index: number): number {
  let at = 0;
  for (let frame = 0; frame < index && at + ADTS_HEADER_BYTES <= adts.length; frame++) {
    at += ((adts.readUInt16BE(at + 3) & 0x3ff) << 3) | ((adts[at + 5] ?? 0) >> 5);
  }
  return Math.min(at, adts.length);
}

/** Content of the first box of a kind within a span. */
function findBox(bytes: Buffer, type: string, { start, end }: Span): Span | undefined {
  for (let at = start; at + 8 <= end; ) {
    const size = bytes.readUInt32BE(at);
    if (size < 8 || at + size > end) return undefined;
    if (bytes.toString('latin1', at + 4, at + 8) === type) return { start: at + 8, end: at + size };
    at += size;
  }
  return undefined;
}

function readTrun(bytes: Buffer, { start, end }: Span): { sizes: number[]; dataOffset: number } | undefined {
  const flags = bytes.readUInt32BE(start) & 0xffffff;
  const count = bytes.readUInt32BE(start + 4);
  if ((flags & DATA_OFFSET) === 0 || (flags & SAMPLE_SIZE) === 0) return undefined;
  const entryBytes = 4 * SAMPLE_FIELDS.filter((flag) => (flags & flag) !== 0).length;
  const sizePlace = (flags & 0x100) === 0 ? 0 : 4;
  const entries = start + 12 + ((flags & FIRST_SAMPLE_FLAGS) === 0 ? 0 : 4);
  if (entries + count * entryBytes > end) return undefined;
  const sizes = Array.from({ length: count }, (_, index) =>
    bytes.readUInt32BE(entries + index * entryBytes + sizePlace),
  );
  return { sizes, dataOffset: bytes.readInt32BE(start + 8) };
}

function writeAdts(part: Buffer, dataStart: number, sizes: readonly number[]): Buffer | undefined {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (dataStart < 0 || dataStart + total > part.length) return undefined;
  const adts = Buffer.allocUnsafeSlow(total + sizes.length * ADTS_HEADER_BYTES);
  let from = dataStart;
  let to = 0;
  for (const size of sizes) {
    writeHeader(adts, to, size + ADTS_HEADER_BYTES);
    part.copy(adts, to + ADTS_HEADER_BYTES, from, from + size);
    from += size;
    to += size + ADTS_HEADER_BYTES;
  }
  return adts;
}

function writeHeader(adts: Buffer, at: number, frameBytes: number): void {
  adts[at] = 0xff;
  adts[at + 1] = 0xf1; // the rest of the sync word, MPEG-4, no CRC
  adts[at + 2] = (PROFILE << 6) | (FREQUENCY_INDEX << 2) | (CHANNELS >> 2);
  adts[at + 3] = ((CHANNELS & 3) << 6) | (frameBytes >> 11);
  adts[at + 4] = (frameBytes >> 3) & 0xff;
  adts[at + 5] = ((frameBytes & 7) << 5) | 0x1f; // the rest of the length, and a buffer fullness that says nothing
  adts[at + 6] = 0xfc;
}
