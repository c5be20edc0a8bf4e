import type { Milliseconds } from '@awaz/infra/contract';

/** What the progress line shows. */
export type PushProgress = {
  /** Since the first ready. */
  elapsedMs: Milliseconds;
  state: string;
  ackedMs: Milliseconds;
  ackedBytes: number;
  unackedMs: Milliseconds;
  lostMs: Milliseconds;
  reconnects: number;
  rttMs: Milliseconds | undefined;
  /** The server's own figures; undefined before the first. */
  server: { kbps: number; jitterMs: number; onAir: boolean } | undefined;
};

/** Where text goes: standard output or a test. */
export type Terminal = { isTTY?: boolean | undefined; columns?: number; write(text: string): unknown };

/** Time between two lines where there is no terminal, and between two refreshes where there is one, in ms. */
const LINE_MS = 10_000;
const REFRESH_MS = 500;

/** One line that says how it goes. */
export function progressLine(progress: PushProgress): string {
  const { server } = progress;
  const kbps = progress.ackedMs > 0 ? (progress.ackedBytes * 8) / progress.ackedMs : 0;
  const parts = [
    `${clockText(progress.elapsedMs)} ${progress.state}`,
    `${kbps.toFixed(0)} kbit/s`,
    `${secondsText(progress.ackedMs)} stored`,
    `${secondsText(progress.unackedMs)} waiting`,
  ];
  if (progress.rttMs !== undefined) parts.push(`round trip ${progress.rttMs.toFixed(0)} ms`);
  if (server !== undefined) {
    parts.push(server.onAir ? 'on air' : 'not on air yet', `jitter ${server.jitterMs.toFixed(0)} ms`);
  }
  if (progress.reconnects > 0) parts.push(`${progress.reconnects} reconnects`);
  if (progress.lostMs > 0) parts.push(`${secondsText(progress.lostMs)} lost`);
  return parts.join(' · ');
}

/** Writes progress: one line that is rewritten on a terminal, a line now and then elsewhere; notes in between. */
export class ProgressReporter {
  readonly #terminal: Terminal;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #read: () => PushProgress | undefined;

  /** Reads the progress until `close`; undefined: there is nothing to show yet. */
  constructor(terminal: Terminal, read: () => PushProgress | undefined) {
    this.#terminal = terminal;
    this.#read = read;
    this.#timer = setInterval(() => this.#show(), terminal.isTTY ? REFRESH_MS : LINE_MS);
  }

  /** Says something that stays. */
  note(text: string): void {
    this.#terminal.write(this.#terminal.isTTY ? `\r\x1b[K${text}\n` : `${text}\n`);
    if (this.#terminal.isTTY) this.#show();
  }

  /** Ends with a last line. May be called again. */
  close(): void {
    clearInterval(this.#timer);
    if (this.#terminal.isTTY && this.#read() !== undefined) this.#terminal.write('\n');
  }

  #show(): void {
    const progress = this.#read();
    if (progress === undefined) return;
    const line = progressLine(progress);
    const { isTTY, columns = 80 } = this.#terminal;
    this.#terminal.write(isTTY ? `\r\x1b[K${line.slice(0, columns - 1)}` : `${line}\n`);
  }
}

/** `0:07`, `12:34` or `1:02:03`. */
export function clockText(ms: Milliseconds): string {
  const seconds = Math.floor(ms / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${String(minutes).padStart(hours > 0 ? 2 : 1, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

function secondsText(ms: Milliseconds): string {
  return ms < 100_000 ? `${(ms / 1000).toFixed(1)} s` : clockText(ms);
}
