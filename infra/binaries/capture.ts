import { spawn } from 'node:child_process';

/** How a program is run by {@link capture}. */
export type CaptureOptions = {
  /** Working directory; the caller's own when left out. */
  cwd?: string;
  /** The whole environment of the child; the caller's own when left out. */
  env?: Record<string, string>;
  /** Bytes for its standard input. */
  input?: Uint8Array;
  /** Killed after that many ms; 20 s when left out. */
  timeoutMs?: number;
};

/** What a program said and how it ended. */
export type Captured = {
  /** Exit code; null when it was killed or could not be started. */
  code: number | null;
  stdout: Buffer;
  stderr: string;
  /** Why there is no exit code, or an empty text. */
  fault: string;
};

/** Most bytes kept of each output; what comes after is thrown away. */
const CAPTURE_LIMIT_BYTES = 8 * 1024 * 1024;

/** Runs a short program to its end and keeps what it prints. Never rejects: a fault is part of the answer. */
export function capture(path: string, args: readonly string[], options: CaptureOptions = {}): Promise<Captured> {
  const timeoutMs = options.timeoutMs ?? 20_000;
  return new Promise((resolve) => {
    const child = spawn(path, [...args], { cwd: options.cwd, env: options.env, stdio: ['pipe', 'pipe', 'pipe'] });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let fault = '';
    const timer = setTimeout(() => {
      fault = `${path} did not end within ${timeoutMs} ms`;
      child.kill('SIGKILL');
    }, timeoutMs);
    child.once('error', (error) => {
      fault = error.message;
      clearTimeout(timer);
      resolve({ code: null, stdout: Buffer.alloc(0), stderr: '', fault });
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (signal !== null && fault === '') fault = `${path} was ended by ${signal}`;
      resolve({ code, stdout: stdout(), stderr: stderr().toString(), fault });
    });
    // A program that does not read its input closes the pipe early.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? Buffer.alloc(0));
  });
}

/** The last lines of what a program complained about, for an error message. */
export function complaint(captured: Captured): string {
  const lines = captured.stderr.trim().split('\n').slice(-3).join(' | ');
  return captured.fault || lines || `exit code ${captured.code}`;
}

function collect(stream: NodeJS.ReadableStream): () => Buffer {
  const pieces: Buffer[] = [];
  let size = 0;
  stream.on('data', (piece: Buffer) => {
    if (size < CAPTURE_LIMIT_BYTES) pieces.push(piece);
    size += piece.length;
  });
  return () => Buffer.concat(pieces);
}
