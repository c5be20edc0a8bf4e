import type { RecordedChunk } from '../ingest-client/index.ts';

/** How sound is taken: by our own encoder in pieces of 20 ms, or by the browser's recorder in pieces of 60. */
export type CaptureKind = 'encoder' | 'recorder';

/** Which capture to use, if the browser can; `worklet` is an encoder that is fed by one in any case. */
export type CaptureWish = CaptureKind | 'worklet';

/** What a capture works on: a stream, how, and where its chunks go. The tracks belong to the caller. */
export type CaptureOptions = {
  stream: MediaStream;
  channels: 1 | 2;
  bitsPerSecond: number;
  /** `worklet`: take the sound from an AudioWorklet although the browser would hand out the track's own. */
  source: 'best' | 'worklet';
  /** Called with each chunk in order; the first one starts with the container's header. */
  onChunk: (chunk: RecordedChunk) => void;
  /** Called once when nothing more comes although nobody stopped it. */
  onFailure: (error: Error) => void;
};

/** One container stream being captured. */
export type Capture = {
  readonly kind: CaptureKind;
  /** MIME type of the chunks. */
  readonly mime: string;
  /** Gets ready, so that `start` loses no time. Rejects when the browser cannot. */
  prepare(): Promise<void>;
  /** Begins to hand out chunks. */
  start(): void;
  /** Changes the bitrate within the container stream, without a gap; false where that cannot be done. */
  setBitrate(bitsPerSecond: number): boolean;
  /** Stops and settles when the last chunk was handed out. May be called again. */
  stop(): Promise<void>;
};
