import { throughFfmpeg } from './pcm.ts';
import { evenChunks, pageChunks, type TimedChunk } from './timed-send.ts';

/** A format in which the sweep is pushed. */
export type SweepFormat = {
  /** For titles and station names. */
  name: string;
  /** MIME type as an encoder announces it. */
  type: string;
  /** ffmpeg's arguments that make it of the known signal. */
  encode: readonly string[];
  /** How ffmpeg reads it back, for the reference. */
  demuxer: string;
  /** Options that go before that, for raw samples. */
  readOptions?: readonly string[];
  /** Whether every pushed sample keeps its value up to our own encoder. */
  lossless?: boolean;
};

/** Every format of the interface, in the form that its usual encoder sends. */
export const SWEEP_FORMATS: readonly SweepFormat[] = [
  {
    name: 'webm-opus',
    type: 'audio/webm;codecs=opus',
    encode: ['-c:a', 'libopus', '-b:a', '160k', '-f', 'webm'],
    demuxer: 'webm',
  },
  {
    name: 'ogg-opus',
    type: 'audio/ogg;codecs=opus',
    encode: ['-c:a', 'libopus', '-b:a', '160k', '-f', 'ogg', '-page_duration', '60000'],
    demuxer: 'ogg',
  },
  {
    name: 'ogg-vorbis',
    type: 'audio/ogg;codecs=vorbis',
    encode: ['-c:a', 'libvorbis', '-b:a', '192k', '-f', 'ogg', '-page_duration', '60000'],
    demuxer: 'ogg',
  },
  {
    name: 'ogg-flac',
    type: 'audio/ogg;codecs=flac',
    encode: ['-c:a', 'flac', '-f', 'ogg', '-page_duration', '60000'],
    demuxer: 'ogg',
    lossless: true,
  },
  {
    name: 'mp4-aac',
    type: 'audio/mp4;codecs=mp4a.40.2',
    encode: [
      '-c:a',
      'aac',
      '-b:a',
      '192k',
      '-f',
      'mp4',
      '-movflags',
      'empty_moov+default_base_moof',
      '-frag_duration',
      '100000',
    ],
    demuxer: 'mp4',
  },
  { name: 'adts', type: 'audio/aac', encode: ['-c:a', 'aac', '-b:a', '192k', '-f', 'adts'], demuxer: 'aac' },
  {
    name: 'mp3',
    type: 'audio/mpeg',
    encode: [
      '-c:a',
      'libmp3lame',
      '-b:a',
      '192k',
      '-ar',
      '44100',
      '-write_xing',
      '0',
      '-id3v2_version',
      '0',
      '-f',
      'mp3',
    ],
    demuxer: 'mp3',
  },
  { name: 'wav', type: 'audio/wav', encode: ['-c:a', 'pcm_s16le', '-f', 'wav'], demuxer: 'wav', lossless: true },
  {
    name: 'l16',
    type: 'audio/l16;rate=48000;channels=2',
    encode: ['-c:a', 'pcm_s16le', '-f', 's16le'],
    demuxer: 's16le',
    readOptions: ['-ar', '48000', '-ac', '2'],
    lossless: true,
  },
];

/** Encodes a WAV into a format. */
export function encodeAs(format: SweepFormat, wav: Uint8Array): Promise<Buffer> {
  return throughFfmpeg(['-f', 'wav', '-i', 'pipe:0', '-map_metadata', '-1', ...format.encode, 'pipe:1'], wav);
}

/** Cuts an encoded file as its encoder would send it. */
export function chunksOf(format: SweepFormat, file: Buffer, seconds: number): TimedChunk[] {
  return format.demuxer === 'ogg' ? pageChunks(file) : evenChunks(file, seconds);
}
