import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { tempDir, until } from '@awaz/infra/testkit';

const MAIN = fileURLToPath(new URL('../main.js', import.meta.url));

/** A line of the program's log. */
export type LogLine = { level: number; pid: number; msg: string; worker?: number; err?: { message: string } };

/** The built API as a process of its own, with its workers. */
export type ApiProgram = {
  readonly child: ChildProcess;
  readonly pid: number;
  /** What it told this process through its channel. */
  readonly messages: readonly unknown[];
  /** Settles with exit code and signal when it is gone. */
  readonly exited: Promise<[number | null, NodeJS.Signals | null]>;
  stderr(): string;
  /** Log lines so far, of all its processes. */
  log(): LogLine[];
  /** Waits for the port, on which all workers listen then. */
  listening(): Promise<number>;
  /** Ends what is left of it. May be called again. */
  close(): Promise<void>;
};

/** Starts it in a process group of its own with exactly this environment. */
export async function startApiProgram(env: Record<string, string>): Promise<ApiProgram> {
  const folder = await tempDir();
  const child = fork(MAIN, {
    env: { HOST: '127.0.0.1', PORT: '0', MAX_CPU_PERCENT: '100', ...env },
    silent: true,
    cwd: folder.path,
    detached: true,
  });
  const stdout = follow(child.stdout);
  const stderr = follow(child.stderr);
  const messages: unknown[] = [];
  child.on('message', (message) => messages.push(message));
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const pid = child.pid ?? -1;
  return {
    child,
    pid,
    messages,
    exited,
    stderr,
    log: () => logLines(stdout()),
    listening: async () => {
      const isThere = () => messages.length > 0 || child.exitCode !== null;
      await until(isThere, { timeoutMs: 30_000, what: 'the program listens' });
      const [told] = messages as { port: number }[];
      if (told === undefined) throw new Error(`The program ended: ${stderr()}${stdout()}`);
      return told.port;
    },
    close: async () => {
      const pids = [pid, ...childrenOf(pid)];
      child.kill('SIGKILL');
      await exited;
      await until(() => pids.every(isGone), { what: 'no process of the program is left' });
      await folder.close();
    },
  };
}

/** Process ids of the children of a process. */
export function childrenOf(pid: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((candidate) => statOf(candidate)?.parent === pid);
}

/** Whether a process has ended. */
export function isGone(pid: number): boolean {
  return (statOf(pid)?.state ?? 'Z') === 'Z';
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state = '', parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined; // ended while we looked
  }
}

/** One connection that stays open: all requests go to the worker that has it. */
export type OneConnection = {
  get(path: string): Promise<{ status: number; text: string }>;
  close(): void;
};

/** Makes a connection with its first request. */
export function oneConnection(port: number): OneConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    get: (path) =>
      new Promise((resolve, reject) => {
        const asked = request({ host: '127.0.0.1', port, path, agent }, async (answer) => {
          try {
            let text = '';
            for await (const piece of answer.setEncoding('utf8')) text += String(piece);
            resolve({ status: answer.statusCode ?? 0, text });
          } catch (error) {
            reject(error);
          }
        });
        asked.on('error', reject);
        asked.end();
      }),
    close: () => agent.destroy(),
  };
}

function logLines(text: string): LogLine[] {
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LogLine);
}

function follow(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  return () => text;
}
