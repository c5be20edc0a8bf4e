import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A temporary folder of one test. */
export type TempDir = {
  readonly path: string;
  /** Removes it with everything inside. May be called again. */
  close(): Promise<void>;
};

/** Makes a new, empty folder with a short path (unix sockets fit into it). */
export async function tempDir(): Promise<TempDir> {
  const path = await realpath(await mkdtemp(join(tmpdir(), 'awaz-test-')));
  return { path, close: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
}
