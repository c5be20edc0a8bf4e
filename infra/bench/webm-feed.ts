import { throughFfmpeg } from '../e2e/pcm.ts';
import { pcm16Of, type Sound } from '../testkit/index.ts';

/** Audio in one chunk, in ms: MediaRecorder's Opus frames are that long, and with a timeslice of 20 each is a blob. */
export const CHUNK_MS = 60;

/** MIME type of what {@link WebmFeed} gives. */
export const FEED_TYPE = 'audio/webm;codecs=opus';

/** An endless WebM stream, chunk by chunk as Chromium's MediaRecorder writes it: a cluster of unknown size for each blob. */
export class WebmFeed {
  readonly #packets: readonly Buffer[];
  readonly #header: Buffer;

  private constructor(header: Buffer, audio: readonly Buffer[]) {
    this.#packets = audio;
    this.#header = header;
  }

  /** Encodes a stereo sound once; the stream plays it over and over. */
  static of(sound: Sound, kbps = 128): Promise<WebmFeed> {
    const seconds = sound.samples.length / sound.rate / sound.channels;
    return WebmFeed.ofPieces([pcm16Of(sound.samples)], { ...sound, seconds, kbps });
  }

  /** The same of 16-bit samples that come in pieces, `seconds` in all; a mono sound is heard on both sides. */
  static async ofPieces(
    pieces: Iterable<Uint8Array>,
    { rate, channels, seconds, kbps }: { rate: number; channels: number; seconds: number; kbps: number },
  ): Promise<WebmFeed> {
    const input = ['-f', 's16le', '-ar', String(rate), '-ac', String(channels), '-i', 'pipe:0', '-ac', '2'];
    const encoder = ['-c:a', 'libopus', '-b:a', `${kbps}k`, '-frame_duration', String(CHUNK_MS)];
    const ogg = await throughFfmpeg([...input, ...encoder, '-f', 'ogg', 'pipe:1'], pieces);
    // Head and tags, then whole packets only: one that is filled up with silence would be a hole in each cycle.
    const [head = Buffer.alloc(0), , ...audio] = oggPackets(ogg);
    return new WebmFeed(webmHeader(head), audio.slice(0, Math.floor((seconds * 1000) / CHUNK_MS)));
  }

  /** The same sound from chunk `n` on as a stream of its own, with a header and timestamps from 0. */
  from(n: number): WebmFeed {
    return new WebmFeed(this.#header, this.#packets.slice(n));
  }

  /** After how many ms the sound begins anew. */
  get cycleMs(): number {
    return this.#packets.length * CHUNK_MS;
  }

  /** Chunk `n` of the stream, from 0; the first one begins with the header. */
  chunk(n: number): Buffer {
    const packet = this.#packets[n % this.#packets.length] ?? Buffer.alloc(0);
    const timestamp = element('e7', unsigned(n * CHUNK_MS));
    const block = element('a3', Buffer.concat([Buffer.from('81000080', 'hex'), packet])); // track 1, at 0, key frame
    const cluster = Buffer.concat([Buffer.from('1f43b67501ffffffffffffff', 'hex'), timestamp, block]);
    return n === 0 ? Buffer.concat([this.#header, cluster]) : cluster;
  }
}

/** Packets of an Ogg file with one stream (RFC 3533): a packet ends with a lacing value below 255. */
function oggPackets(ogg: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  let open: Buffer[] = [];
  for (let at = 0; at + 27 <= ogg.length; ) {
    const lacing = ogg.subarray(at + 27, at + 27 + (ogg[at + 26] ?? 0));
    at += 27 + lacing.length;
    for (const size of lacing) {
      open.push(ogg.subarray(at, at + size));
      at += size;
      if (size === 255) continue;
      packets.push(Buffer.concat(open));
      open = [];
    }
  }
  return packets;
}

/** EBML, a segment of unknown size, and one Opus track whose setup is the Ogg stream's first packet (RFC 9559). */
function webmHeader(opusHead: Buffer): Buffer {
  const ebml = element(
    '1a45dfa3',
    Buffer.concat([
      element('4286', unsigned(1)),
      element('42f7', unsigned(1)),
      element('42f2', unsigned(4)),
      element('42f3', unsigned(8)),
      element('4282', Buffer.from('webm')),
      element('4287', unsigned(4)),
      element('4285', unsigned(2)),
    ]),
  );
  const info = element('1549a966', element('2ad7b1', unsigned(1_000_000))); // timestamps in ms
  const rate = Buffer.alloc(4);
  rate.writeFloatBE(48_000);
  const track = [
    element('d7', unsigned(1)),
    element('73c5', unsigned(1)),
    element('83', unsigned(2)), // audio
    element('86', Buffer.from('A_OPUS')),
    element('63a2', opusHead),
    element('e1', Buffer.concat([element('b5', rate), element('9f', unsigned(2))])),
  ];
  const tracks = element('1654ae6b', element('ae', Buffer.concat(track)));
  return Buffer.concat([ebml, Buffer.from('1853806701ffffffffffffff', 'hex'), info, tracks]);
}

/** An EBML element with a size of eight bytes. */
function element(id: string, content: Buffer): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(content.length) | (1n << 56n));
  return Buffer.concat([Buffer.from(id, 'hex'), size, content]);
}

function unsigned(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
