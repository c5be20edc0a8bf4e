/** Sample rate of the WAV pieces. */
const RATE = 48_000;

/** Header of an endless WAV stream: 48 kHz, stereo, 16 bit. */
export function wavHeader(): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(0xffff_ffff, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(2, 22);
  header.writeUInt32LE(RATE, 24);
  header.writeUInt32LE(RATE * 4, 28);
  header.writeUInt16LE(4, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(0xffff_ffff, 40);
  return header;
}

/** PCM for `ms` milliseconds whose bytes tell which piece it is. */
export function pcm(piece: number, ms = 20): Buffer {
  return Buffer.alloc((RATE / 1000) * 4 * ms, piece + 1);
}

/** Piece `n` of a WAV stream; the first one begins with the header. */
export function wavPiece(n: number, ms = 20): Buffer {
  return n === 0 ? Buffer.concat([wavHeader(), pcm(0, ms)]) : pcm(n, ms);
}

/** An ADTS frame of silence: AAC-LC, 48 kHz, stereo, 1024 samples. */
export function adtsFrame(): Buffer {
  return Buffer.from('fff14c8001bffc211004608c1c', 'hex');
}
