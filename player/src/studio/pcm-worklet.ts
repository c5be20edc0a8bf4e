import { PcmCutter } from './pcm-cutter.ts';
import type { PcmFrame } from './pcm-source.ts';

/** Samples of a render quantum (Web Audio 1.1). */
const QUANTUM_SAMPLES = 128;

declare const currentFrame: number;
declare const sampleRate: number;
declare const registerProcessor: (
  name: string,
  processor: new (options: WorkletOptions) => AudioWorkletProcessor,
) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

type WorkletOptions = { processorOptions: { channels: number } };

/** Posts its input as a {@link PcmFrame} each 20 ms; makes no sound. */
class PcmProcessor extends AudioWorkletProcessor {
  readonly #cutter: PcmCutter;

  constructor({ processorOptions }: WorkletOptions) {
    super();
    this.#cutter = new PcmCutter(processorOptions.channels);
  }

  /** Called by the browser for every quantum; true: keep calling. An input that nothing feeds has no channels. */
  process([input = []]: Float32Array[][]): boolean {
    const length = input[0]?.length ?? QUANTUM_SAMPLES;
    this.#cutter.add(input, length, (samples, rest) => {
      const endMs = ((currentFrame + length - rest) * 1000) / sampleRate;
      // The time is taken here: a busy page gets the message late.
      const frame: PcmFrame = { samples, endMs, at: Date.now() };
      this.port.postMessage(frame, [samples.buffer]);
    });
    return true;
  }
}

registerProcessor('awaz-pcm', PcmProcessor);
