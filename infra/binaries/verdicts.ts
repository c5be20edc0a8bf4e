import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * Remembers the good results of self-tests, so that a program is tried out once and not at every start. A result holds
 * as long as the file has the same size and time of change. Only successes are kept.
 */
export class Verdicts {
  readonly #file: string;

  /** `cacheDir` is made when it is missing. */
  constructor(cacheDir: string) {
    this.#file = join(cacheDir, 'self-tests.json');
  }

  /** What was kept for this program by that test, or undefined. */
  recall(test: string, path: string): string | undefined {
    const key = verdictKey(test, path);
    const kept = key === undefined ? undefined : this.#read()[key];
    return typeof kept === 'string' ? kept : undefined;
  }

  /** Keeps a result. A cache that cannot be written only costs time. */
  keep(test: string, path: string, result: string): void {
    const key = verdictKey(test, path);
    if (key === undefined) return;
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      const draft = `${this.#file}.${process.pid}`;
      writeFileSync(draft, JSON.stringify({ ...this.#read(), [key]: result }, undefined, 1));
      renameSync(draft, this.#file);
    } catch {
      // The next start tests again.
    }
  }

  #read(): Record<string, unknown> {
    try {
      const kept: unknown = JSON.parse(readFileSync(this.#file, 'utf8'));
      return typeof kept === 'object' && kept !== null ? { ...kept } : {};
    } catch {
      return {};
    }
  }
}

function verdictKey(test: string, path: string): string | undefined {
  try {
    const { size, mtimeMs } = statSync(path);
    return `${test} ${path} ${size} ${Math.floor(mtimeMs)}`;
  } catch {
    return undefined;
  }
}
