import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { endProcess } from './guarded-process.ts';
import { keepLastLines } from './last-lines.ts';

/** How a Chromium is started for a try. */
export type ChromiumTrial = { executablePath: string; args: readonly string[]; env: Record<string, string> };

const START_TIMEOUT_MS = 30_000;

/**
 * Starts a Chromium, opens a page and lets it compute something, over the DevTools protocol on a pipe. Rejects with what
 * went wrong; leaves no process and no file.
 */
export async function tryChromium(trial: ChromiumTrial): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'awaz-chromium-'));
  const flags = ['--headless', '--no-first-run', '--remote-debugging-pipe', `--user-data-dir=${profile}`];
  const child = spawn(trial.executablePath, [...trial.args, ...flags], {
    env: trial.env,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  const words = keepLastLines(child);
  let timer: NodeJS.Timeout | undefined;
  try {
    const failed = new Promise<never>((_, reject) => {
      const fail = (why: string) => reject(new Error(`it ${why} (${words.text() || 'it said nothing'})`));
      child.once('error', (error) => fail(`could not be started: ${error.message}`));
      child.once('exit', (code, signal) => fail(`ended with ${signal ?? `code ${code}`}`));
      timer = setTimeout(() => fail(`did not show a page within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    });
    await Promise.race([failed, computeInPage(child)]);
  } finally {
    clearTimeout(timer);
    await endProcess(child, 2000);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

type Answer = { id?: number; result?: { targetId?: string; sessionId?: string; result?: { value?: unknown } } };

async function computeInPage(child: ChildProcess): Promise<void> {
  const ask = devTools(child.stdio[3] as Writable, child.stdio[4] as Readable);
  const page = await ask({ id: 1, method: 'Target.createTarget', params: { url: 'about:blank' } });
  const targetId = page.result?.targetId;
  const session = await ask({ id: 2, method: 'Target.attachToTarget', params: { targetId, flatten: true } });
  const sessionId = session.result?.sessionId;
  const answer = await ask({ id: 3, sessionId, method: 'Runtime.evaluate', params: { expression: '6 * 7' } });
  if (answer.result?.result?.value !== 42) throw new Error(`its page computed ${JSON.stringify(answer)}`);
}

/** Messages of the DevTools protocol on a pipe end with a zero byte. */
function devTools(
  to: Writable,
  from: Readable,
): (command: { id: number } & Record<string, unknown>) => Promise<Answer> {
  let rest = '';
  const waiting = new Map<number, (answer: Answer) => void>();
  to.on('error', () => undefined);
  from.on('error', () => undefined);
  from.on('data', (piece: Buffer) => {
    const messages = (rest + piece.toString()).split('\0');
    rest = messages.pop() ?? '';
    for (const text of messages) {
      const answer: Answer = JSON.parse(text);
      if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    }
  });
  return (command) =>
    new Promise((resolve) => {
      waiting.set(command.id, resolve);
      to.write(`${JSON.stringify(command)}\0`);
    });
}
