import { AwazError } from './errors.ts';

/** Bytes before the payload in a resumable chunk message: seq (u32) and capturedAt (f64), big endian. */
export const CHUNK_HEADER_BYTES = 12;

/** Most bytes of payload in one chunk. */
export const MAX_CHUNK_BYTES = 1_048_576;

/** One binary message of the resumable ingest protocol. */
export type ChunkMessage = {
  /** Sequence number within the epoch, from 0. */
  seq: number;
  /** Ms since 1970 on the client's clock at which the chunk's last sample was captured. */
  capturedAt: number;
  /** Container bytes; a view, not a copy. */
  payload: Uint8Array;
};

/** Writes a chunk message; the payload is copied. */
export function encodeChunkMessage(message: ChunkMessage): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(CHUNK_HEADER_BYTES + message.payload.byteLength);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, message.seq);
  view.setFloat64(4, message.capturedAt);
  bytes.set(message.payload, CHUNK_HEADER_BYTES);
  return bytes;
}

/** Reads a chunk message. Throws `bad_message` when it is too short or its time is no time. */
export function decodeChunkMessage(bytes: Uint8Array): ChunkMessage {
  if (bytes.byteLength < CHUNK_HEADER_BYTES) {
    throw new AwazError('bad_message', `A chunk needs 12 bytes of header, this message has ${bytes.byteLength}.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const capturedAt = view.getFloat64(4);
  if (!Number.isFinite(capturedAt) || Math.abs(capturedAt) > 8.64e15) {
    throw new AwazError('bad_message', 'capturedAt of a chunk must be ms since 1970.');
  }
  return { seq: view.getUint32(0), capturedAt, payload: bytes.subarray(CHUNK_HEADER_BYTES) };
}
