import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, jest, test } from '@jest/globals';
import { endProcess } from '../binaries/index.ts';
import { until } from '../testkit/index.ts';
import { KeptRunning, type Running } from './kept-running.ts';

// Real processes on a busy machine take their time.
jest.setTimeout(120_000);

/** Starts real processes and remembers them. */
function startShell(script: string) {
  const pids: number[] = [];
  const start = async (): Promise<Running> => {
    const child = spawn('/bin/sh', ['-c', script], { stdio: 'ignore' });
    pids.push(child.pid ?? -1);
    const exited = once(child, 'exit').then(([code, signal]) =>
      signal ? `was ended by ${signal}` : `ended with code ${code}`,
    );
    return { pid: child.pid ?? -1, exited, close: () => endProcess(child), kill: () => child.kill('SIGKILL') };
  };
  return { pids, start };
}

describe('a process that is kept running', () => {
  test('is started again after an accident, and not after close', async () => {
    const { pids, start } = startShell('exec sleep 60');
    const lines: string[] = [];
    const kept = new KeptRunning({ name: 'It', start, say: (line) => lines.push(line), giveUp: () => undefined });
    await kept.begin();
    kept.trust();
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await until(() => pids.length === 2, { what: 'it was started again' });
    expect(lines).toEqual(['It was ended by SIGKILL; it is started again in 250 ms']);
    await kept.close();
    await kept.close();
    expect(pids).toHaveLength(2);
  });

  test('that ends before it was ever ready could not start, and is not tried again', async () => {
    const { pids, start } = startShell('exit 3');
    const why = await new Promise<string>((giveUp) => {
      void new KeptRunning({ name: 'It', start, say: () => undefined, giveUp }).begin();
    });
    expect(why).toBe('It could not start: it ended with code 3.');
    expect(pids).toHaveLength(1);
  });

  test('is given up when it ends five times in a row', async () => {
    const { pids, start } = startShell('sleep 0.05; exit 4');
    const lines: string[] = [];
    const why = await new Promise<string>((giveUp) => {
      const kept = new KeptRunning({ name: 'It', start, say: (line) => lines.push(line), giveUp });
      kept.trust();
      void kept.begin();
    });
    expect(why).toMatch(/^It ended 5 times within 30 s; the last time it ended with code 4\.$/);
    expect(pids).toHaveLength(5);
    expect(lines.map((line) => /in (\d+) ms/.exec(line)?.[1])).toEqual(['250', '500', '1000', '2000']);
  }, 30_000);

  test('whose next start fails is tried again', async () => {
    const { pids, start } = startShell('exec sleep 60');
    let starts = 0;
    const flaky = () => (++starts === 2 ? Promise.reject(new Error('no memory')) : start());
    const lines: string[] = [];
    const kept = new KeptRunning({ name: 'It', start: flaky, say: (line) => lines.push(line) });
    await kept.begin();
    process.kill(pids[0] ?? 0, 'SIGKILL');
    await until(() => pids.length === 2, { what: 'the third start' });
    expect(lines[1]).toBe('It could not be started (no memory); it is started again in 500 ms');
    await kept.close();
  });
});
