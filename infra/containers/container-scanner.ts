/** What ffmpeg has to be told of its input: `-f demuxer`, and for raw PCM `-ar` and `-ac`. */
export type DecoderInput = {
  /** Name of the ffmpeg demuxer to force. */
  demuxer: 'webm' | 'ogg' | 'mp4' | 'aac' | 'mp3' | 'u8' | 's16le' | 's16be' | 's24le' | 's32le' | 'f32le' | 'f64le';
  /** Samples per second; raw PCM only. */
  sampleRate?: number;
  /** Channels; raw PCM only. */
  channels?: number;
};

/** A place in a container stream at which a new decoder (and a new scanner) can begin. */
export type RestartPoint = {
  /** Bytes of feed since the stream's first byte. */
  offset: number;
  /** The same place in bytes as received since the stream's first byte. */
  sourceOffset: number;
  /**
   * Decoded samples (at the scanner's `sampleRate`) before the output of a decoder that is fed `prefix` and then the
   * feed from here on. Its first 200 ms may sound different, its count never does.
   */
  sample: number;
  /** What the decoder is given first: the container's header; empty where frames stand alone. Shared, do not write. */
  prefix: Uint8Array;
  /** What a new scanner has to know besides `prefix`; opaque, may be stored. Empty for most containers. */
  state: string;
};

/** What {@link ContainerScanner.scan} found in the bytes it was given. */
export type ScanReport = {
  /** What to give to the decoder, in order; whole units only, mostly views of the given bytes. */
  feed: Uint8Array[];
  /**
   * Where another container stream begins, as an offset in the given bytes; negative when it began in bytes that were
   * kept from the scan before. This scanner is finished then.
   */
  newStreamAt?: number;
  /** With `newStreamAt`: all bytes from there on, for a new scanner (kept ones and given ones). */
  rest?: Uint8Array;
  /** Restart points found, in order. */
  restartPoints: RestartPoint[];
};

/**
 * Follows one container stream that arrives in arbitrary pieces. Only whole, well-formed units reach the feed: a partial
 * one is kept until the rest of it comes, garbage between units is left out.
 */
export type ContainerScanner = {
  /** What the decoder needs to be started; known before the first bytes of feed. */
  readonly input: DecoderInput | undefined;
  /** Samples per second that `samples` counts in; known before the first bytes of feed, save for MP3 and ADTS: with them. */
  readonly sampleRate: number | undefined;
  /** Samples per channel that a decoder makes of all feed so far; what it drops at its start (pre-skip) is taken off. */
  readonly samples: number;
  /** Bytes as received, since the stream's first byte, that whole units make up: the place that `samples` belongs to. */
  readonly sourceOffset: number;
  /**
   * Takes the next bytes; they must not be changed afterwards. Throws `bad_media` when they cannot be this container;
   * every later call throws the same.
   */
  scan(bytes: Uint8Array): ScanReport;
};

/** Where a scanner begins in the middle of a stream: a {@link RestartPoint}, or as much as was kept of one. */
export type Continuation = Pick<RestartPoint, 'prefix' | 'sample' | 'state'> &
  Partial<Pick<RestartPoint, 'offset' | 'sourceOffset'>>;
