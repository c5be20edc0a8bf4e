import { type LevelReading, LevelWindow } from './level-window.ts';

/** Readings per second: one for each frame the meter draws. */
const READINGS_PER_SECOND = 30;

declare const sampleRate: number;
declare const registerProcessor: (name: string, processor: new () => AudioWorkletProcessor) => void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}

/** Measures its input beside the recorder and posts a {@link LevelReading} per window; makes no sound. */
class MeterProcessor extends AudioWorkletProcessor {
  readonly #window = new LevelWindow(Math.round(sampleRate / READINGS_PER_SECOND));

  /** Called by the browser for every 128 samples; true: keep calling. */
  process([input = []]: Float32Array[][]): boolean {
    const reading: LevelReading | undefined = this.#window.add(input);
    if (reading !== undefined) this.port.postMessage(reading);
    return true;
  }
}

registerProcessor('awaz-meter', MeterProcessor);
