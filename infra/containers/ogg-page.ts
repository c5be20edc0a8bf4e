import { byteAt, hasText, textBytes, u32le } from './byte-fields.ts';

/** Header type flags of a page (RFC 3533 6). */
export const OGG_FLAG = { continued: 1, first: 2, last: 4 } as const;

/** Bytes of a page header before its segment table. */
export const OGG_HEADER_BYTES = 27;

/** A page's facts; its packets are found by the segment table. */
export type OggPage = {
  flags: number;
  /** Position behind the last packet that ends here, in the codec's units; -1 when none does. */
  granule: number;
  serial: number;
  /** Index of the segment table. */
  tableStart: number;
  segments: number;
  bodyStart: number;
  end: number;
};

function crcTables(): Uint32Array[] {
  const tables = [new Uint32Array(256), new Uint32Array(256), new Uint32Array(256), new Uint32Array(256)];
  const [first = new Uint32Array(256)] = tables;
  for (let i = 0; i < 256; i++) {
    let crc = i << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc < 0 ? 0x04c11db7 : 0);
    first[i] = crc >>> 0;
  }
  for (let i = 0; i < 256; i++) {
    let crc = first[i] ?? 0;
    for (const table of tables.slice(1)) {
      crc = ((crc << 8) ^ (first[crc >>> 24] ?? 0)) >>> 0;
      table[i] = crc;
    }
  }
  return tables;
}

const [CRC_0, CRC_1, CRC_2, CRC_3] = crcTables() as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];

function crcOver(bytes: Uint8Array, range: { start: number; end: number }, seed: number): number {
  let crc = seed;
  let at = range.start;
  for (; at + 4 <= range.end; at += 4) {
    crc =
      (CRC_3[(crc >>> 24) ^ (bytes[at] as number)] as number) ^
      (CRC_2[((crc >>> 16) & 0xff) ^ (bytes[at + 1] as number)] as number) ^
      (CRC_1[((crc >>> 8) & 0xff) ^ (bytes[at + 2] as number)] as number) ^
      (CRC_0[(crc & 0xff) ^ (bytes[at + 3] as number)] as number);
  }
  for (; at < range.end; at++) crc = (crc << 8) ^ (CRC_0[(crc >>> 24) ^ byteAt(bytes, at)] as number);
  return crc;
}

const ZERO_CRC = new Uint8Array(4);

/** Checksum of a page (RFC 3533 6: over the whole page with its own field as 0). */
function pageCrc(bytes: Uint8Array, start: number, end: number): number {
  let crc = crcOver(bytes, { start, end: start + 22 }, 0);
  crc = crcOver(ZERO_CRC, { start: 0, end: 4 }, crc);
  return crcOver(bytes, { start: start + 26, end }, crc) >>> 0;
}

/** The page at `at`; the number of bytes needed when fewer are at hand; undefined when none stands there. */
export function readOggPage(bytes: Uint8Array, at: number): OggPage | number | undefined {
  const available = bytes.length - at;
  if (available < 5) return 5;
  if (!hasText(bytes, at, 'OggS\0')) return undefined; // capture pattern, version 0
  if (available < OGG_HEADER_BYTES) return OGG_HEADER_BYTES;
  const segments = byteAt(bytes, at + 26);
  const bodyStart = at + OGG_HEADER_BYTES + segments;
  if (bodyStart > bytes.length) return OGG_HEADER_BYTES + segments;
  let end = bodyStart;
  for (let i = at + OGG_HEADER_BYTES; i < bodyStart; i++) end += byteAt(bytes, i);
  if (end > bytes.length) return end - at;
  const granuleHigh = u32le(bytes, at + 10);
  const granule = granuleHigh >= 0x80000000 ? -1 : granuleHigh * 2 ** 32 + u32le(bytes, at + 6);
  const tableStart = at + OGG_HEADER_BYTES;
  return { flags: byteAt(bytes, at + 5), granule, serial: u32le(bytes, at + 14), tableStart, segments, bodyStart, end };
}

/** Whether the checksum of the page at `at` is right. */
export function isSoundPage(bytes: Uint8Array, at: number, page: OggPage): boolean {
  return pageCrc(bytes, at, page.end) === u32le(bytes, at + 22);
}

/** Where in a page a packet, or the piece of one, stands. */
export type OggPiece = { start: number; length: number; ends: boolean };

/** Pieces of packets in a page, in order; only the last may not end here. */
export function oggPieces(bytes: Uint8Array, page: OggPage): OggPiece[] {
  const pieces: OggPiece[] = [];
  let start = page.bodyStart;
  let length = 0;
  for (let i = 0; i < page.segments; i++) {
    const segment = byteAt(bytes, page.tableStart + i);
    length += segment;
    if (segment === 255) continue;
    pieces.push({ start, length, ends: true });
    start += length;
    length = 0;
  }
  if (length > 0) pieces.push({ start, length, ends: false });
  return pieces;
}

/** A copy of a page that is not flagged as its stream's last. */
export function withoutLastFlag(page: Uint8Array): Uint8Array {
  const copy = page.slice();
  copy[5] = byteAt(page, 5) & ~OGG_FLAG.last;
  new DataView(copy.buffer).setUint32(22, pageCrc(copy, 0, copy.length), true);
  return copy;
}

/** Most bytes of one packet that {@link writeOggPage} can put in a page. */
const MAX_PAGE_PACKET_BYTES = 254 * 255;

function writeOggPage(header: { flags: number; serial: number; sequence: number }, body: Uint8Array, ends: boolean) {
  const segments = Math.floor(body.length / 255) + (ends ? 1 : 0);
  const page = new Uint8Array(OGG_HEADER_BYTES + segments + body.length);
  const view = new DataView(page.buffer);
  page.set(textBytes('OggS'));
  page[5] = header.flags;
  if (!ends) page.fill(0xff, 6, 14); // RFC 3533 6: granule position -1, no packet ends here
  view.setUint32(14, header.serial, true);
  view.setUint32(18, header.sequence, true);
  page[26] = segments;
  page.fill(255, OGG_HEADER_BYTES, OGG_HEADER_BYTES + segments);
  if (ends) page[OGG_HEADER_BYTES + segments - 1] = body.length % 255;
  page.set(body, OGG_HEADER_BYTES + segments);
  view.setUint32(22, pageCrc(page, 0, page.length), true);
  return page;
}

/** Pages with header packets, each packet on pages of its own, the first one flagged as the stream's first. */
export function writeOggHeaderPages(serial: number, packets: readonly Uint8Array[]): Uint8Array[] {
  const pages: Uint8Array[] = [];
  for (const packet of packets) {
    let at = 0;
    do {
      const body = packet.subarray(at, at + MAX_PAGE_PACKET_BYTES);
      const ends = at + body.length === packet.length;
      const flags = (pages.length === 0 ? OGG_FLAG.first : 0) | (at > 0 ? OGG_FLAG.continued : 0);
      pages.push(writeOggPage({ flags, serial, sequence: pages.length }, body, ends));
      at += MAX_PAGE_PACKET_BYTES;
    } while (at < packet.length);
  }
  return pages;
}
