import { CAPTURE_RATE_HZ, FIRST_FRAME_MS, type PcmFrame, type PcmSource, type PcmSourceOptions } from './pcm-source.ts';
import workletUrl from './pcm-worklet.ts?worker&url';

/**
 * The sound of a stream in frames of 20 ms at 48 kHz, from an AudioWorklet: on the audio thread, also in hidden tabs.
 * `close` frees the audio hardware and may be called again; the stream's tracks are left as they are.
 */
export class WorkletPcm implements PcmSource {
  readonly countsPauses = false;
  readonly delayMs = 10;
  readonly #options: PcmSourceOptions;
  #context: AudioContext | undefined;

  constructor(options: PcmSourceOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { stream, channels, onFrame } = this.#options;
    // Where the browser can, no loudspeaker is opened for this: its clock and its faults are none of ours.
    const wish = { sampleRate: CAPTURE_RATE_HZ, latencyHint: 'interactive', sinkId: { type: 'none' } } as const;
    const context = new AudioContext(wish);
    this.#context = context;
    await context.audioWorklet.addModule(workletUrl);
    const node = new AudioWorkletNode(context, 'awaz-pcm', {
      numberOfInputs: 1,
      numberOfOutputs: 1,
      channelCount: channels,
      channelCountMode: 'explicit',
      processorOptions: { channels },
    });
    context.createMediaStreamSource(stream).connect(node);
    // A node that leads nowhere is not run by every browser; what this one puts out is silence.
    node.connect(context.destination);
    await this.#firstFrame(node, onFrame);
  }

  close(): void {
    if (this.#context?.state !== 'closed') void this.#context?.close();
  }

  #firstFrame(node: AudioWorkletNode, onFrame: (frame: PcmFrame) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error('The browser’s audio did not start.')), FIRST_FRAME_MS);
      node.port.addEventListener('message', ({ data }: MessageEvent<PcmFrame>) => {
        clearTimeout(late);
        onFrame(data);
        resolve();
      });
      node.addEventListener('processorerror', () => reject(new Error('The browser’s audio thread failed.')));
      node.port.start();
      void this.#context?.resume();
    });
  }
}
