import { constants, openSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { capture, complaint } from '../../binaries/index.ts';
import { ReleaseStack } from '../../runtime/index.ts';
import { tempDir } from '../../testkit/index.ts';

/** A named pipe that a program writes its sound into as if it were a file. */
export type SoundPipe = {
  /** Full path; any user of this machine may write. */
  readonly path: string;
  /** A folder for what the program keeps while it runs; any user may write. */
  readonly home: string;
  /** Removes it. May be called again. */
  close(): Promise<void>;
};

/** Makes a pipe and hands on what comes out of it. The pipe holds 64 KiB; what is more makes its writer wait. */
export async function openSoundPipe(onBytes: (bytes: Buffer) => void): Promise<SoundPipe> {
  const releases = new ReleaseStack();
  try {
    const folder = releases.use(await tempDir());
    const path = join(folder.path, 'sound');
    const made = await capture('mkfifo', [path]);
    if (made.code !== 0) throw new Error(`No pipe could be made at ${path}: ${complaint(made)}`);
    await chmod(folder.path, 0o777);
    await chmod(path, 0o666);
    // Open for writing too: a pipe without a writer would end at once. The socket owns the descriptor.
    const fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
    const socket = new Socket({ fd, readable: true, writable: false });
    releases.defer(() => void socket.destroy());
    socket.on('error', () => undefined); // its end is the end of the run
    socket.on('data', onBytes);
    return { path, home: folder.path, close: () => releases.close() };
  } catch (error) {
    await releases.close();
    throw error;
  }
}
