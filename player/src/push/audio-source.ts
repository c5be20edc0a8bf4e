import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { PROBE_BYTES } from './media-type.ts';
import { UsageError } from './push-arguments.ts';

/** Where the audio comes from. */
export type AudioSource = {
  /** For messages. */
  name: string;
  /** The first bytes, at most {@link PROBE_BYTES}. */
  probe: Uint8Array;
  /** Whether {@link open} may be called again. */
  canBeginAgain: boolean;
  /** All bytes from the beginning, in pieces; ends early when the signal is aborted. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
};

/** Opens a file, or standard input for `-`. Throws a {@link UsageError} when there is nothing to read. */
export async function openAudioSource(file: string, stdin: Readable): Promise<AudioSource> {
  return file === '-' ? standardInput(stdin) : fileSource(file);
}

async function fileSource(path: string): Promise<AudioSource> {
  return {
    name: basename(path),
    probe: await readFirst(path),
    canBeginAgain: true,
    open: (signal) => untilAborted(createReadStream(path), { signal }),
  };
}

async function readFirst(path: string): Promise<Uint8Array> {
  const facts = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(error.code === 'ENOENT' ? `There is no file "${path}".` : error.message);
  });
  if (facts.isDirectory()) throw new UsageError(`"${path}" is a folder; give one audio file.`);
  const file = await open(path).catch((error: Error) => {
    throw new UsageError(`"${path}" cannot be read: ${error.message}.`);
  });
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(PROBE_BYTES), 0, PROBE_BYTES, 0);
    if (bytesRead === 0) throw new UsageError(`"${path}" is empty.`);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function standardInput(stdin: Readable): Promise<AudioSource> {
  const pieces = piecesOf(stdin);
  const first = await pieces.next();
  if (first.done) throw new UsageError('Standard input ended before the first byte.');
  return {
    name: 'standard input',
    probe: first.value,
    canBeginAgain: false,
    async *open(signal) {
      yield first.value;
      yield* untilAborted(stdin, { pieces, signal });
    },
  };
}

function piecesOf(stream: Readable): AsyncIterableIterator<Uint8Array> {
  return stream[Symbol.asyncIterator]() as AsyncIterableIterator<Uint8Array>;
}

async function* untilAborted(
  stream: Readable,
  { signal, pieces = piecesOf(stream) }: { signal: AbortSignal; pieces?: AsyncIterableIterator<Uint8Array> },
): AsyncGenerator<Uint8Array> {
  const stop = () => stream.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (!signal.aborted) yield* pieces;
  } catch (error) {
    if (!signal.aborted) throw error; // destroying a stream makes its reader throw
  } finally {
    signal.removeEventListener('abort', stop);
    stream.destroy();
  }
}
