import { AAC_SAMPLE_RATES } from './aac-config.ts';
import { byteAt, u16 } from './byte-fields.ts';
import type { FrameFormat, FrameHeader } from './frame-header.ts';

const ADTS_HEADER_BYTES = 7;

/** An ADTS header (ISO/IEC 14496-3 1.A.2.2). */
function readHeader(bytes: Uint8Array, at: number): FrameHeader | undefined {
  if ((u16(bytes, at) & 0xfff6) !== 0xfff0) return undefined; // syncword, layer 0
  const second = byteAt(bytes, at + 2);
  const third = byteAt(bytes, at + 3);
  const sampleRate = AAC_SAMPLE_RATES[(second >> 2) & 15];
  const size = ((third & 3) << 11) | (byteAt(bytes, at + 4) << 3) | (byteAt(bytes, at + 5) >> 5);
  const hasCrc = (byteAt(bytes, at + 1) & 1) === 0;
  if (sampleRate === undefined || size <= ADTS_HEADER_BYTES + (hasCrc ? 2 : 0)) return undefined;
  const rawDataBlocks = (byteAt(bytes, at + 6) & 3) + 1;
  const profileAndRate = second & 0xfc;
  const channels = ((second & 1) << 2) | (third >> 6);
  return { size, samples: 1024 * rawDataBlocks, sampleRate, signature: (profileAndRate << 3) | channels };
}

/**
 * ADTS. Samples count at the rate in the header: HE-AAC decoders give out twice as many at twice the rate, which is the same
 * time.
 */
export const ADTS: FrameFormat = { name: 'AAC (ADTS)', demuxer: 'aac', headerBytes: ADTS_HEADER_BYTES, readHeader };
