import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pause } from '../runtime/index.ts';
import { endStranger, identify, isAlive, type ProcessIdentity } from './process-identity.ts';

/** What the pid file in a server's directory says. */
type ClaimRecord = {
  /** The process that started the server. */
  owner: ProcessIdentity;
  /** The server, once it was started. */
  server?: ProcessIdentity;
};

/** Time an orphaned server gets to write its data before it is ended the hard way, in ms. */
const ORPHAN_GRACE_MS = 10_000;

/**
 * The right to run a server on a directory, kept as a pid file in it. Two servers on one append-only file would destroy
 * it. `release` gives it back and may be called again.
 */
export class DirectoryClaim {
  readonly #file: string;
  readonly #owner: ProcessIdentity;

  private constructor(file: string, owner: ProcessIdentity) {
    this.#file = file;
    this.#owner = owner;
  }

  /**
   * Takes the directory. A server whose owner was killed is ended first. Rejects when the directory is in use by a
   * process that lives and does not give it back within `patienceMs`.
   */
  static async take(directory: string, patienceMs = 0): Promise<DirectoryClaim> {
    const owner = identify(process.pid) ?? { pid: process.pid, started: 'unknown' };
    const claim = new DirectoryClaim(join(directory, 'server.pid'), owner);
    const deadline = Date.now() + patienceMs;
    while (!claim.#write({ owner }, 'wx')) {
      const user = await claim.#clear();
      if (user === undefined) continue;
      if (Date.now() >= deadline) {
        throw new Error(`${directory} is in use by process ${user}. Stop that one, or choose another DATA_DIR.`);
      }
      await pause(50);
    }
    return claim;
  }

  /** Notes which process serves the directory. */
  serve(pid: number): void {
    const server = identify(pid);
    this.#write(server === undefined ? { owner: this.#owner } : { owner: this.#owner, server }, 'w');
  }

  /** Gives the directory back. */
  release(): void {
    rmSync(this.#file, { force: true });
  }

  /** Removes a pid file that nobody stands behind; otherwise the answer is who does. */
  async #clear(): Promise<number | undefined> {
    const found = readRecord(this.#file);
    if (found !== undefined) {
      const mine = found.owner.pid === this.#owner.pid && found.owner.started === this.#owner.started;
      const serving = found.server !== undefined && isAlive(found.server);
      const inUse = mine ? serving || found.server === undefined : isAlive(found.owner);
      if (inUse) return found.owner.pid;
      if (found.server !== undefined) await endStranger(found.server, ORPHAN_GRACE_MS);
    }
    rmSync(this.#file, { force: true });
    return undefined;
  }

  #write(record: ClaimRecord, flag: 'w' | 'wx'): boolean {
    try {
      writeFileSync(this.#file, JSON.stringify(record), { flag, mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }
}

function readRecord(file: string): ClaimRecord | undefined {
  try {
    const record: Partial<ClaimRecord> = JSON.parse(readFileSync(file, 'utf8'));
    return typeof record.owner?.pid === 'number' ? (record as ClaimRecord) : undefined;
  } catch {
    return undefined;
  }
}
