/** Sample rate of all frames, in Hz. */
export const CAPTURE_RATE_HZ = 48_000;

/** How long the first sound may take, in ms. */
export const FIRST_FRAME_MS = 3000;

/** 20 ms of sound. */
export type PcmFrame = {
  /** One channel after the other, 960 samples each. */
  samples: Float32Array<ArrayBuffer>;
  /** Its end on the audio clock, in ms. */
  endMs: number;
  /** System time (`Date.now`) at which it was there. */
  at: number;
};

/** What a source needs. The stream's tracks stay the caller's. */
export type PcmSourceOptions = { stream: MediaStream; channels: 1 | 2; onFrame: (frame: PcmFrame) => void };

/** The sound of a stream in frames of 20 ms at 48 kHz. */
export type PcmSource = {
  /** Whether the audio clock goes on while no sound is captured. */
  readonly countsPauses: boolean;
  /** From the capture of a sample to `at` of its frame at the least, in ms. */
  readonly delayMs: number;
  /** Settles when frames come. Rejects when the browser cannot, or none comes within 3 s. */
  start(): Promise<void>;
  /** Stops and frees all it took. May be called again. */
  close(): void;
};
