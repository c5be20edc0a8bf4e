import type { RecordedChunk } from '../ingest-client/index.ts';
import type { Capture, CaptureOptions } from './capture.ts';

/** Containers that servers take and browsers record, best first. */
const RECORDING_TYPES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4'] as const;

/**
 * Asked-for length of a slice in ms. Chromium puts 60 ms into an Opus frame and hands out one slice per frame for
 * anything shorter.
 */
const TIMESLICE_MS = 20;

/**
 * From the capture of a chunk's last sample to its event, in ms. Measured in Chromium 156 against the track's own audio
 * data: 4.5 ms (2.6 to 5.7) for buffer, encoder and event, and 6.5 ms that Opus holds back, which Chromium does not
 * declare as pre-skip. With that, `capturedAt` is right within 3 ms, and late by as much as the page is busy.
 */
export const ENCODER_DELAY_MS = 11;

/** The type to record; undefined when the browser has none that a server takes. */
export function recordingType(
  isSupported = (type: string) => MediaRecorder.isTypeSupported(type),
): (typeof RECORDING_TYPES)[number] | undefined {
  return RECORDING_TYPES.find((type) => isSupported(type));
}

/**
 * Records a stream into chunks of one container stream, where the browser has no encoder of its own to offer. The sound goes from the track to the encoder inside the browser,
 * never through the page.
 *
 * Chromium hands out a slice when the first byte of the next frame is written, and with that byte: each frame would come
 * one frame (60 ms) late. So what is left is asked for at once, and both make a chunk: exactly one frame, 4.5 ms after
 * its last sample instead of 62.
 */
export class ChunkRecorder implements Capture {
  readonly kind = 'recorder';
  /** MIME type of the chunks. */
  readonly mime: string;
  readonly #recorder: MediaRecorder;
  readonly #onChunk: (chunk: RecordedChunk) => void;
  readonly #stopped: Promise<void>;
  #started = false;
  #slice: { data: Blob; at: number } | undefined;
  #delivered: Promise<void> = Promise.resolve();

  /** Throws when the browser cannot record, as `recordingType` tells before. */
  constructor({ stream, bitsPerSecond, onChunk, onFailure }: CaptureOptions) {
    const mimeType = recordingType();
    if (mimeType === undefined) throw new Error('This browser records nothing that can be sent.');
    this.mime = mimeType;
    this.#onChunk = onChunk;
    this.#recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: bitsPerSecond });
    this.#recorder.addEventListener('dataavailable', (event) => this.#take(event));
    this.#recorder.addEventListener('error', () => onFailure(new Error('The browser’s recorder failed.')));
    this.#stopped = new Promise((resolve) => this.#recorder.addEventListener('stop', () => resolve(), { once: true }));
  }

  async prepare(): Promise<void> {}

  /** Begins; the first chunk starts with the container's header. */
  start(): void {
    this.#recorder.start(TIMESLICE_MS);
    this.#started = true;
  }

  /** A recorder keeps its bitrate: another one has to take its place. */
  setBitrate(): boolean {
    return false;
  }

  /** Stops and settles when the last chunk was handed out. May be called again, and after the tracks have ended. */
  async stop(): Promise<void> {
    if (!this.#started) return;
    if (this.#recorder.state !== 'inactive') this.#recorder.stop();
    await this.#stopped;
    await this.#delivered;
  }

  #take(event: BlobEvent): void {
    const slice = this.#slice ?? { data: new Blob(), at: event.timeStamp };
    const isRest = this.#slice !== undefined;
    const data = new Blob([slice.data, event.data]);
    if (isRest || this.#recorder.state !== 'recording') {
      this.#slice = undefined;
      this.#deliver(data, performance.timeOrigin + slice.at - ENCODER_DELAY_MS);
    } else {
      this.#slice = { data, at: event.timeStamp };
      this.#recorder.requestData();
    }
  }

  #deliver(data: Blob, capturedAt: number): void {
    if (data.size === 0) return;
    const bytes = data.arrayBuffer();
    this.#delivered = this.#delivered.then(async () => {
      this.#onChunk({ payload: new Uint8Array(await bytes), capturedAt });
    });
  }
}
