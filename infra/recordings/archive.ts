import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** There is no space for a file; nothing of it is there. */
export class ArchiveFullError extends Error {
  override name = 'ArchiveFullError';
}

/** Where recordings are kept: files that are written once and whole. */
export interface Archive {
  /** Writes a file, or writes it again. Throws {@link ArchiveFullError}, or the error of the storage. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Bytes `start` to `end` (exclusive) of a file. Rejects when there are not as many. */
  read(path: string, start: number, end: number): Promise<Buffer>;
  /** Size of a file in bytes. Rejects when there is none. */
  size(path: string): Promise<number>;
  /** Removes a folder with all that is in it; one that is not there is no error. */
  removeFolder(path: string): Promise<void>;
}

/** Codes of a file system that takes no more. */
const FULL_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Space that recordings leave to others on their disk, in bytes: Redis may keep its file there, and the air hangs on it. */
export const ARCHIVE_RESERVE_BYTES = 512 * 1024 * 1024;

/** Recordings in a folder; several machines need one that they share. Stateless. */
export class FolderArchive implements Archive {
  readonly #folder: string;
  readonly #reserveBytes: number;

  /** `folder`: made when it is needed. Nothing is written that would leave less than `reserveBytes` on its disk. */
  constructor(folder: string, reserveBytes: number = ARCHIVE_RESERVE_BYTES) {
    this.#folder = folder;
    this.#reserveBytes = reserveBytes;
  }

  /** See {@link Archive.write}. A file is there whole or not at all, also after a power cut. */
  async write(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(this.#folder, path);
    const unfinished = `${target}.${randomBytes(4).toString('hex')}.part`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await this.#checkSpace(path, bytes.length);
      await writeThrough(unfinished, bytes);
      await rename(unfinished, target);
    } catch (error) {
      await rm(unfinished, { force: true }).catch(() => undefined); // what is wrong is told already
      if (!FULL_CODES.includes((error as NodeJS.ErrnoException).code)) throw error;
      throw new ArchiveFullError(`There is no space for ${path} in ${this.#folder}.`, { cause: error });
    }
  }

  async #checkSpace(path: string, bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(this.#folder);
    const leftBytes = bavail * bsize - bytes;
    if (leftBytes >= this.#reserveBytes) return;
    const reserve = Math.round(this.#reserveBytes / 1024 ** 2);
    throw new ArchiveFullError(`Writing ${path} would leave less than ${reserve} MiB on the disk of ${this.#folder}.`);
  }

  /** See {@link Archive.read}. */
  async read(path: string, start: number, end: number): Promise<Buffer> {
    const file = await open(join(this.#folder, path), 'r');
    try {
      const bytes = Buffer.alloc(end - start);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
        if (bytesRead === 0) throw new Error(`${path} ends at byte ${start + at}; ${end} were expected.`);
        at += bytesRead;
      }
      return bytes;
    } finally {
      await file.close();
    }
  }

  /** See {@link Archive.size}. */
  async size(path: string): Promise<number> {
    return (await stat(join(this.#folder, path))).size;
  }

  /** See {@link Archive.removeFolder}. The folder of the station goes with its last recording. */
  async removeFolder(path: string): Promise<void> {
    const target = join(this.#folder, path);
    await rm(target, { recursive: true, force: true });
    await rmdir(dirname(target)).catch(() => undefined); // others are in it
  }
}

async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o640);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}
