import type { LevelReading } from './level-window.ts';
import workletUrl from './meter-worklet.ts?worker&url';

/**
 * Measures a microphone on the audio thread, beside the recorder: works in hidden tabs, and a busy page neither delays
 * the sound nor the readings. `close` frees the audio hardware and may be called again.
 */
export class LevelMeter {
  readonly #onReading: (reading: LevelReading) => void;
  #context: AudioContext | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #node: Promise<AudioWorkletNode> | undefined;

  /** `onReading` is called about 30 times a second while a stream is measured. */
  constructor(onReading: (reading: LevelReading) => void) {
    this.#onReading = onReading;
  }

  /** Measures this stream from now on instead of the one before. Rejects when the browser cannot. */
  async measure(stream: MediaStream): Promise<void> {
    this.#context ??= new AudioContext({ latencyHint: 'interactive' });
    this.#node ??= this.#start(this.#context);
    const node = await this.#node;
    this.#source?.disconnect();
    this.#source = this.#context.createMediaStreamSource(stream);
    this.#source.connect(node);
    await this.resume();
  }

  /** Browsers start audio only after a gesture; call this from one. */
  async resume(): Promise<void> {
    if (this.#context?.state === 'suspended') await this.#context.resume();
  }

  /** Stops measuring. */
  close(): void {
    this.#source?.disconnect();
    void this.#context?.close();
    this.#context = undefined;
    this.#source = undefined;
    this.#node = undefined;
  }

  async #start(context: AudioContext): Promise<AudioWorkletNode> {
    await context.audioWorklet.addModule(workletUrl);
    const node = new AudioWorkletNode(context, 'awaz-meter', { numberOfInputs: 1, numberOfOutputs: 1 });
    node.port.addEventListener('message', (event: MessageEvent<LevelReading>) => this.#onReading(event.data));
    node.port.start();
    // A node that leads nowhere is not run by every browser; what this one puts out is silence.
    node.connect(context.destination);
    return node;
  }
}
