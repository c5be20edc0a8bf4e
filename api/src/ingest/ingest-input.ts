import {
  AwazError,
  type ChunkMessage,
  decodeChunkMessage,
  type IngestFormat,
  type IngestHello,
  MAX_CHUNK_BYTES,
  parseIngestFormat,
  SUPPORTED_FORMATS,
} from '@awaz/infra/contract';
import { ingestClientMessageSchema } from '@awaz/infra/contract/schemas';
import type { ProgrammeChange } from '@awaz/infra/titles';

/** Most characters of a text message. */
const MAX_TEXT_LENGTH = 4096;

/** What a client sends, on whatever transport. */
export type IngestInput =
  | { kind: 'hello'; hello: IngestHello }
  /** A binary message: container bytes in simple mode, a chunk message in resumable mode. */
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'chunk'; chunk: ChunkMessage }
  /** A title; `capturedAt` on the client's clock. */
  | { kind: 'metadata'; change: ProgrammeChange; capturedAt: number | undefined }
  | { kind: 'end' }
  /** The client sends no more, and has not said why; all before this is stored first. */
  | { kind: 'gone' };

/** What the address of a connection says of the audio; for simple mode. */
export type IngestQuery = { type: string | undefined; takeover: boolean };

/** How a client wants to publish. */
export type IngestOpening = {
  /** `simple`: the server counts the chunks · `resumable`: the client does. */
  mode: 'simple' | 'resumable';
  format: IngestFormat;
  takeover: boolean;
  resume: IngestHello['resume'];
  /** The client's clock as it sent hello. */
  clientTime: number | undefined;
};

/** Reads a text message. Throws `bad_message`. */
export function parseTextInput(text: string): IngestInput {
  if (text.length > MAX_TEXT_LENGTH)
    throw new AwazError('bad_message', 'A text message is longer than 4096 characters.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new AwazError('bad_message', 'A text message is not JSON. Audio is sent in binary messages.');
  }
  const parsed = ingestClientMessageSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new AwazError(
      'bad_message',
      `A text message is neither hello, metadata nor end: ${issue?.path.join('.')} ${issue?.message}`,
    );
  }
  const message = parsed.data;
  if (message.type === 'end') return { kind: 'end' };
  if (message.type === 'hello') return { kind: 'hello', hello: message };
  const { show, host, track, capturedAt } = message;
  const withArtist = track ? { ...track, artist: track.artist ?? '' } : track;
  return { kind: 'metadata', change: { show, host, track: withArtist }, capturedAt };
}

/** Tells the mode by the first message. Throws `bad_message` and `unsupported_format`. */
export function openingOf(first: IngestInput, query: IngestQuery): IngestOpening {
  if (first.kind === 'hello') {
    const { format, takeover = false, resume, clientTime } = first.hello;
    return { mode: 'resumable', format: parseIngestFormat(format), takeover, resume, clientTime };
  }
  if (first.kind !== 'bytes') throw new AwazError('bad_message', 'The first message must be hello, or audio.');
  if (query.type === undefined) {
    const how = `Give the format in the address, like &type=audio/webm;codecs=opus, or send hello first.`;
    throw new AwazError('bad_message', `Audio came, but its format is not known. ${how} Formats: ${SUPPORTED_FORMATS}`);
  }
  const format = parseIngestFormat(query.type);
  return { mode: 'simple', format, takeover: query.takeover, resume: undefined, clientTime: undefined };
}

/** Takes the audio out of a message; `nextSeq` numbers it in simple mode. Throws `bad_message` and `chunk_too_large`. */
export function chunkOf(
  input: IngestInput,
  mode: IngestOpening['mode'],
  nextSeq: number,
): { seq: number; clientTime: number | undefined; payload: Uint8Array } {
  const { seq, capturedAt, payload } = messageOf(input, mode, nextSeq);
  if (payload.byteLength > MAX_CHUNK_BYTES) {
    const size = `${payload.byteLength} bytes`;
    throw new AwazError(
      'chunk_too_large',
      `A chunk has ${size}; at most ${MAX_CHUNK_BYTES} are taken. Send smaller pieces.`,
    );
  }
  return { seq, clientTime: mode === 'simple' ? undefined : capturedAt, payload };
}

function messageOf(input: IngestInput, mode: IngestOpening['mode'], nextSeq: number): ChunkMessage {
  if (input.kind === 'chunk') return input.chunk;
  if (input.kind !== 'bytes') {
    throw new AwazError(
      'bad_message',
      `A second ${input.kind} came on one connection. Connect again for another stream.`,
    );
  }
  return mode === 'simple' ? { seq: nextSeq, capturedAt: 0, payload: input.bytes } : decodeChunkMessage(input.bytes);
}
