import type { ChildProcess } from 'node:child_process';
import { endProcess, spawnGuarded } from '@awaz/infra/binaries';
import { childEnv, type Logger } from '@awaz/infra/runtime';
import type { StreamFeed } from './stream-feed.ts';
import type { StreamReceiver } from './stream-listener.ts';

/** Bit rate of MP3 streams in kbit/s. */
export const MP3_KBPS = 128;

/** An MPEG-1 layer III frame at this bit rate and 48 kHz: 144 × 128,000 / 48,000 bytes, never padded. */
const FRAME_BYTES = 384;

/** Most bytes that may wait for ffmpeg; it is replaced beyond that. */
export const MAX_ENCODER_BACKLOG_BYTES = 512 * 1024;

/** Pause before a failed ffmpeg is replaced, in ms. */
const RESTART_MS = 500;

/** How often in a row ffmpeg may fail without a single frame before the stream is given up. */
const MAX_FAILURES = 5;

/** How long ffmpeg gets to end by itself when nobody waits for what it has, in ms. */
const END_GRACE_MS = 2000;

/** How long it gets to give out what it has when the broadcast is over, in ms. */
const FLUSH_MS = 5000;

/** How much of what ffmpeg complains of is kept for the log, in characters. */
const COMPLAINT_LENGTH = 400;

// Without the bit reservoir every frame can be decoded by itself, so a stream may begin with any of them.
const ENCODE = '-c:a libmp3lame -reservoir 0 -write_xing 0 -id3v2_version 0 -flush_packets 1 -f mp3 pipe:1'.split(' ');
const READ = '-hide_banner -loglevel error -probesize 2048 -analyzeduration 0 -threads 1 -f aac -i pipe:0'.split(' ');

/** What an encoder needs. */
export type Mp3EncoderOptions = { ffmpegPath: string; output: StreamFeed; logger: Logger };

/**
 * One ffmpeg that makes MP3 of an ADTS stream, for all who listen to it. A failed one is replaced; what comes meanwhile is
 * lost. `close` ends it and may be called again.
 */
export class Mp3Encoder implements StreamReceiver {
  readonly #options: Mp3EncoderOptions;
  #child: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #title = '';
  #failures = 0;
  #over = false;

  constructor(options: Mp3EncoderOptions) {
    this.#options = options;
    this.#start();
  }

  send(bytes: Buffer, title: string): boolean {
    this.#title = title;
    const input = this.#child?.stdin;
    if (input === undefined || input === null || !input.writable) return true;
    if (input.writableLength > MAX_ENCODER_BACKLOG_BYTES) this.#child?.kill('SIGKILL');
    else input.write(bytes);
    return true;
  }

  /** Nothing follows: ffmpeg gives out what it has, then the stream ends. */
  end(): void {
    this.#over = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child === undefined) {
      this.#options.output.end();
      return;
    }
    child.stdin?.end();
    const kill = setTimeout(() => child.kill('SIGKILL'), FLUSH_MS).unref();
    child.once('close', () => clearTimeout(kill));
  }

  async close(): Promise<void> {
    this.#over = true;
    clearTimeout(this.#restart);
    const child = this.#child;
    if (child !== undefined) await endProcess(child, END_GRACE_MS);
    this.#options.output.end();
  }

  #start(): void {
    const args = [...READ, '-b:a', `${MP3_KBPS}k`, ...ENCODE];
    const child = spawnGuarded(this.#options.ffmpegPath, args, { env: childEnv(), stdin: 'pipe' });
    let complaint = '';
    this.#child = child;
    this.#rest = Buffer.alloc(0);
    child.stdin?.on('error', () => undefined); // its end is told by `close`
    child.stdout?.on('data', (bytes: Buffer) => this.#take(bytes));
    child.stderr?.on('data', (bytes: Buffer) => {
      complaint = (complaint + String(bytes)).slice(-COMPLAINT_LENGTH);
    });
    child.once('error', (error) => {
      complaint = error.message;
      if (child.pid === undefined) this.#gone(complaint);
    });
    child.once('close', () => {
      if (this.#child === child) this.#gone(complaint.trim());
    });
  }

  #take(bytes: Buffer): void {
    const all = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const whole = all.length - (all.length % FRAME_BYTES);
    this.#rest = all.subarray(whole);
    if (whole === 0) return;
    this.#failures = 0;
    const seconds = (whole * 8) / (MP3_KBPS * 1000);
    this.#options.output.push({ bytes: all.subarray(0, whole), seconds, title: this.#title });
  }

  #gone(complaint: string): void {
    const { output, logger } = this.#options;
    this.#child = undefined;
    if (this.#over) {
      output.end();
      return;
    }
    this.#failures++;
    logger.warn({ complaint, failures: this.#failures }, 'the MP3 encoder has failed');
    if (this.#failures >= MAX_FAILURES) output.end();
    else this.#restart = setTimeout(() => this.#start(), RESTART_MS);
  }
}
