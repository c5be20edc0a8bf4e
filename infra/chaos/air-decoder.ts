import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { testFfmpeg } from '../testkit/index.ts';
import { DECODER_RATE, type NumberSpan, TimeCodeDecoder } from './time-code-decoder.ts';

const BYTES_PER_SAMPLE = 4;

/** Reads the numbers of an encoded sound that comes piece by piece: an ffmpeg child and a {@link TimeCodeDecoder}. */
export class AirDecoder {
  readonly #numbers = new TimeCodeDecoder();
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #rest: Buffer = Buffer.alloc(0);
  #complaint = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#closed = once(child, 'close');
    child.stdin?.on('error', () => undefined); // what it did not like it says on stderr
    child.stdout?.on('data', (piece: Buffer) => this.#take(piece));
    child.stderr?.on('data', (piece: Buffer) => {
      this.#complaint = `${this.#complaint}${piece.toString()}`.slice(-2000);
    });
  }

  /** Starts ffmpeg for a container of the given demuxer (`mp4`, `webm`, `aac`). Rejects when there is no ffmpeg. */
  static async start(demuxer: string): Promise<AirDecoder> {
    const { path } = await testFfmpeg();
    // Samples are counted: timestamps with holes would make ffmpeg fill them.
    const filter = `asetpts=N/SR/TB,aresample=${DECODER_RATE}`;
    const args = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-f', demuxer, '-i', 'pipe:0', '-map', '0:a:0'];
    const child = spawn(path, [...args, '-af', filter, '-ac', '1', '-f', 'f32le', 'pipe:1'], { stdio: 'pipe' });
    return new AirDecoder(child);
  }

  /** What ffmpeg complained about, the last 2,000 characters; empty when all was well. */
  get complaint(): string {
    return this.#complaint;
  }

  /** Takes the next bytes of the container. */
  push(bytes: Uint8Array): void {
    if (this.#child.stdin?.writable) this.#child.stdin.write(bytes);
  }

  /** Ends the input and gives all numbers. */
  async finish(): Promise<NumberSpan[]> {
    this.#child.stdin?.end();
    await this.#closed;
    this.#numbers.push(new Float32Array(DECODER_RATE / 10)); // the end of the last number is told by what comes after it
    return this.#numbers.spans();
  }

  /** Ends ffmpeg. May be called again. */
  async close(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  #take(piece: Buffer): void {
    const bytes = Buffer.concat([this.#rest, piece]);
    const whole = bytes.length - (bytes.length % BYTES_PER_SAMPLE);
    this.#rest = bytes.subarray(whole);
    this.#numbers.push(new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + whole)));
  }
}
