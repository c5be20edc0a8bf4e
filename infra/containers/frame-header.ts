/** A frame of a format without container (ADTS, MPEG audio), by its header. */
export type FrameHeader = {
  /** Bytes of the whole frame. */
  size: number;
  /** Samples per channel that a decoder makes of it. */
  samples: number;
  sampleRate: number;
  /** Equal in all frames of one stream: what changes it needs a new decoder. */
  signature: number;
};

/** Knows the frames of one such format. */
export type FrameFormat = {
  readonly name: string;
  readonly demuxer: 'aac' | 'mp3';
  /** Bytes of a header. */
  readonly headerBytes: number;
  /** The header at `at`; undefined when none stands there. Needs `headerBytes`. */
  readHeader(bytes: Uint8Array, at: number): FrameHeader | undefined;
  /** What a frame that carries facts instead of audio means; undefined for audio. `size` bytes are at hand. */
  readInfo?(bytes: Uint8Array, at: number, header: FrameHeader): InfoFrame | undefined;
};

/** A frame with facts about the file instead of audio. */
export type InfoFrame = {
  /** What the decoder is given of it at the beginning of a stream; left out when undefined. */
  feed: Uint8Array | undefined;
  /** Samples that the decoder then drops at its start. */
  preSkip: number;
};
