import { type ProgrammeMetadata, SAMPLE_RATE, SAMPLES_PER_FRAME } from '@awaz/infra/contract';
import type { PublishedPart } from '@awaz/infra/part-log';
import type { PublishedProgramme } from '@awaz/infra/titles';
import { eventMessage } from '../isobmff/event-message.ts';
import { id3Tag } from '../isobmff/id3.ts';

/** The part with what becomes audible in it: told in its facts, and in `emsg` boxes before the `moof` of each rendition. */
export function withProgramme(part: PublishedPart, programme: PublishedProgramme[]): PublishedPart {
  if (programme.length === 0) return part;
  const messages = programme.map((metadata) => messageOf(part, metadata));
  return { ...part, programme, payloads: part.payloads.map((payload) => joined([...messages, payload])) };
}

function messageOf(part: PublishedPart, { show, host, track, at }: ProgrammeMetadata): Uint8Array {
  const offset = Math.round(((at - part.programDateTime) * SAMPLE_RATE) / 1000);
  const presentationTime = part.firstFrame * SAMPLES_PER_FRAME + Math.max(0, offset);
  const artist = track?.artist || null;
  return eventMessage({
    timescale: SAMPLE_RATE,
    presentationTime,
    id: presentationTime,
    message: id3Tag({ title: track?.title ?? null, artist, show, host }),
  });
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
