import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { FfmpegCommand } from 'fluent-ffmpeg';
import { FIRST_OUTPUT_FD, type LadderJob, ladderCommand, soundFd } from './ladder-command.ts';

/** How an encoder run ended. */
export type LadderEnd =
  /** Its input was ended and all output has come. */
  | { kind: 'finished' }
  /** It was killed by its owner. */
  | { kind: 'killed' }
  /** It stopped while its input was open, or failed. `detail` is what ffmpeg said. */
  | { kind: 'failed'; detail: string };

/** How long ffmpeg may take to write the rest after its input ended, in ms. */
const DRAIN_MS = 3000;

/** Where the output of a run goes. */
export type LadderOutputs = {
  /** ADTS bytes of a rendition as they come. */
  onAdts: (rendition: number, adts: Buffer) => void;
  /** What was decoded, before the limiter: 16-bit stereo at 48 kHz, little endian, in pieces of up to 171 ms. */
  onSound: (pcm: Buffer) => void;
};

/** One ffmpeg that encodes one container stream into all renditions. `close` ends it at once and may be repeated. */
export class LadderProcess {
  /** Settles when ffmpeg is gone and all of its output was delivered; never rejects. */
  readonly ended: Promise<LadderEnd>;
  readonly #command: FfmpegCommand;
  #process: ChildProcess | undefined;
  #inputEnded = false;
  #killed = false;

  /** Starts ffmpeg. */
  constructor(job: LadderJob, { onAdts, onSound }: LadderOutputs) {
    this.#command = ladderCommand(job);
    this.ended = new Promise((resolve) => {
      const outputs: Promise<void>[] = [];
      const settle = (end: LadderEnd) => void Promise.all(outputs).then(() => resolve(end));
      this.#command.on('start', () => {
        this.#process = processOf(this.#command);
        this.#process?.stdin?.on('error', () => undefined); // EPIPE: the exit says why
        const read = (fd: number, onData: (bytes: Buffer) => void) => {
          const stream = this.#process?.stdio[fd] as Readable;
          stream.on('data', onData);
          outputs.push(new Promise((done) => stream.once('close', done)));
        };
        for (const rendition of job.ladder.keys()) {
          read(FIRST_OUTPUT_FD + rendition, (adts) => onAdts(rendition, adts));
        }
        read(soundFd(job.ladder), onSound);
        if (this.#killed) this.#process?.kill('SIGKILL');
      });
      this.#command.on('end', () =>
        settle(
          this.#inputEnded ? { kind: 'finished' } : { kind: 'failed', detail: 'it exited while its input was open' },
        ),
      );
      this.#command.on('error', (error: Error) =>
        settle(this.#killed ? { kind: 'killed' } : { kind: 'failed', detail: error.message }),
      );
    });
    this.#command.run();
  }

  /** Process id, once started. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Bytes given to {@link write} that ffmpeg has not taken yet. */
  get unreadBytes(): number {
    return this.#process?.stdin?.writableLength ?? 0;
  }

  /** Settles when the process runs, or could not be started. */
  get started(): Promise<void> {
    if (this.#process !== undefined) return Promise.resolve();
    return Promise.race([
      new Promise<void>((resolve) => this.#command.once('start', () => resolve())),
      this.ended.then(() => undefined),
    ]);
  }

  /** Gives container bytes; settles when ffmpeg can take more, or is gone. */
  async write(bytes: Uint8Array): Promise<void> {
    const stdin = this.#process?.stdin;
    if (stdin == null || stdin.destroyed || stdin.writableEnded) return;
    if (stdin.write(bytes)) return;
    await Promise.race([new Promise<void>((resolve) => stdin.once('drain', resolve)), this.ended]);
  }

  /** Ends the input and waits for the rest of the output; kills after 3 s. */
  async finish(): Promise<LadderEnd> {
    this.#inputEnded = true;
    this.#process?.stdin?.end();
    const timer = setTimeout(() => this.#kill(), DRAIN_MS);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }

  /** Kills ffmpeg and waits until it is gone. */
  async close(): Promise<void> {
    this.#kill();
    await this.ended;
  }

  #kill(): void {
    this.#killed = true;
    this.#process?.kill('SIGKILL');
  }
}

function processOf(command: FfmpegCommand): ChildProcess | undefined {
  return (command as unknown as { ffmpegProc?: ChildProcess }).ffmpegProc;
}
