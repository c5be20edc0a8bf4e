import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endStranger, identify, isAlive, type ProcessIdentity } from '../binaries/index.ts';
import { pause } from '../runtime/index.ts';

/** What a running launcher tells others in its DATA_DIR. */
export type RunFacts = {
  launcher: ProcessIdentity;
  /** The npm that started it; when that one is gone, the launcher stops. */
  parent?: ProcessIdentity | undefined;
  /** Programs it has started. */
  children: ProcessIdentity[];
  /** Where its Redis is. */
  redisUrl?: string | undefined;
  /** Its address as people see it. */
  url?: string | undefined;
  /** Whether it is on its way out. */
  stopping: boolean;
};

/** Time a launcher that is stopping gets before a new one complains, in ms. */
const STOPPING_LIMIT_MS = 20_000;
/** Time that programs of a killed launcher get to stop by themselves, in ms. */
const ORPHAN_GRACE_MS = 3000;

/**
 * The file in DATA_DIR that says which launcher runs there: so that a second one is refused, one after a `kill -9`
 * cleans up, and `npm run station` finds the Redis. `close` removes it.
 */
export class RunRecord {
  readonly #file: string;
  #facts: RunFacts;

  private constructor(file: string, facts: RunFacts) {
    this.#file = file;
    this.#facts = facts;
    this.#write();
  }

  /** Takes DATA_DIR. What a killed launcher left running is ended first. Rejects when another one runs there. */
  static async take(dataDir: string, parent?: ProcessIdentity): Promise<RunRecord> {
    mkdirSync(dataDir, { recursive: true });
    await clearPrevious(dataDir);
    const launcher = identify(process.pid) ?? { pid: process.pid, started: 'unknown' };
    return new RunRecord(recordFile(dataDir), { launcher, parent, children: [], stopping: false });
  }

  /** Changes some of the facts. */
  note(change: Partial<Omit<RunFacts, 'launcher'>>): void {
    this.#facts = { ...this.#facts, ...change };
    this.#write();
  }

  /** Notes that a program was started. */
  addChild(pid: number): void {
    const child = identify(pid);
    const children = this.#facts.children.filter(isAlive);
    if (child !== undefined) this.note({ children: [...children, child] });
  }

  close(): void {
    rmSync(this.#file, { force: true });
  }

  #write(): void {
    const draft = `${this.#file}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(this.#facts), { mode: 0o600 });
    renameSync(draft, this.#file);
  }
}

/** The launcher that runs on this DATA_DIR, if one does. */
export function runningLauncher(dataDir: string): RunFacts | undefined {
  const facts = readFacts(dataDir);
  return facts !== undefined && isAlive(facts.launcher) ? facts : undefined;
}

async function clearPrevious(dataDir: string): Promise<void> {
  const deadline = Date.now() + STOPPING_LIMIT_MS;
  for (let facts = readFacts(dataDir); facts !== undefined; facts = readFacts(dataDir)) {
    if (!isAlive(facts.launcher)) {
      await endLeftovers(facts.children);
      rmSync(recordFile(dataDir), { force: true });
      return;
    }
    const leaving = facts.stopping || (facts.parent !== undefined && !isAlive(facts.parent));
    if (!leaving || Date.now() > deadline) {
      throw new Error(
        `Awaz Pulse runs already on ${dataDir} (process ${facts.launcher.pid}). ` +
          'Stop that one, or start with another DATA_DIR and PORT.',
      );
    }
    await pause(50);
  }
}

async function endLeftovers(children: readonly ProcessIdentity[]): Promise<void> {
  await Promise.all(children.map((child) => endStranger(child, ORPHAN_GRACE_MS)));
}

function readFacts(dataDir: string): RunFacts | undefined {
  try {
    const facts: Partial<RunFacts> = JSON.parse(readFileSync(recordFile(dataDir), 'utf8'));
    const whole = typeof facts.launcher?.pid === 'number' && Array.isArray(facts.children);
    return whole ? (facts as RunFacts) : undefined;
  } catch {
    return undefined;
  }
}

function recordFile(dataDir: string): string {
  return join(dataDir, 'run.json');
}
