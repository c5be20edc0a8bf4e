import { byteAt, concatBytes, hasText, u32le } from './byte-fields.ts';
import type { TagOutcome } from './tag-outcome.ts';

const PAGE_HEADER_BYTES = 27;

/** Beginnings of the packet that holds the comments, by what the first packet begins with. */
const COMMENT_PREFIXES: readonly [identification: string, comment: string][] = [
  ['OpusHead', 'OpusTags'], // RFC 7845 5.2
  ['\u0001vorbis', '\u0003vorbis'], // Vorbis I, 4.2.1
];

/** Reads the comment header of an Ogg stream (RFC 3533; Vorbis I, section 5). */
export function readOggTags(bytes: Uint8Array): TagOutcome {
  const [first, second] = firstPackets(bytes, 2);
  if (first === undefined) return 'more';
  const prefix = COMMENT_PREFIXES.find(([identification]) => hasText(first, 0, identification))?.[1];
  const isFlac = hasText(first, 1, 'FLAC');
  if (prefix === undefined && !isFlac) return 'none';
  if (second === undefined) return 'more';
  if (prefix !== undefined) return hasText(second, 0, prefix) ? readComments(second, prefix.length) : 'none';
  // FLAC in Ogg: a metadata block, whose header of four bytes names VORBIS_COMMENT (RFC 9639 8.6).
  return (byteAt(second, 0) & 0x7f) === 4 ? readComments(second, 4) : 'none';
}

/** The first packets of the first logical stream that are complete; streams of other serial numbers are passed over. */
function firstPackets(bytes: Uint8Array, wanted: number): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let pieces: Uint8Array[] = [];
  for (const { data, endsPacket } of lacedPieces(bytes, u32le(bytes, 14))) {
    pieces.push(data);
    if (!endsPacket) continue;
    packets.push(concatBytes(pieces));
    pieces = [];
    if (packets.length === wanted) break;
  }
  return packets;
}

/** What the segment tables of a stream's pages tell, as far as the bytes are there. */
function* lacedPieces(bytes: Uint8Array, serial: number): Generator<{ data: Uint8Array; endsPacket: boolean }> {
  for (let page = 0; page + PAGE_HEADER_BYTES <= bytes.length && hasText(bytes, page, 'OggS'); ) {
    const segments = byteAt(bytes, page + 26);
    const isOurs = u32le(bytes, page + 14) === serial;
    let at = page + PAGE_HEADER_BYTES + segments;
    for (let n = 0; n < segments; n++) {
      const size = byteAt(bytes, page + PAGE_HEADER_BYTES + n);
      if (at + size > bytes.length) return;
      if (isOurs) yield { data: bytes.subarray(at, at + size), endsPacket: size < 255 };
      at += size;
    }
    page = at;
  }
}

function readComments(packet: Uint8Array, start: number): TagOutcome {
  const tags: { title?: string; artist?: string } = {};
  const decoder = new TextDecoder();
  let at = start + 4 + u32le(packet, start); // the vendor's name
  const count = u32le(packet, at);
  at += 4;
  for (let n = 0; n < count && at + 4 <= packet.length; n++) {
    const length = u32le(packet, at);
    const [name = '', ...value] = decoder.decode(packet.subarray(at + 4, at + 4 + Math.min(length, 4096))).split('=');
    if (name.toUpperCase() === 'TITLE') tags.title ??= value.join('=');
    if (name.toUpperCase() === 'ARTIST') tags.artist ??= value.join('=');
    at += 4 + length;
  }
  return tags;
}
