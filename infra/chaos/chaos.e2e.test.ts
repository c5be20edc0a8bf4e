import { afterAll, expect, test } from '@jest/globals';
import { runChaos } from './chaos-run.ts';
import { FAULTS } from './faults.ts';
import { judge } from './verdict.ts';

const stopped = new AbortController();
afterAll(() => stopped.abort());

const SHORT = ['ffmpeg-kill', 'worker-kill', 'api-kill'];

test('nothing acknowledged is lost when encoder, worker and node are killed one after the other', async () => {
  const progress = (line: string) => void process.stdout.write(`${line}\n`);
  const faults = SHORT.flatMap((name) => FAULTS.filter((fault) => fault.name === name));
  const record = await runChaos({ faults, durationMs: 120_000, seed: 1, signal: stopped.signal, progress });
  const verdict = judge(record);
  if (verdict.failures.length > 0) process.stdout.write(record.logs);
  expect(verdict.failures).toEqual([]);
  expect(verdict.faults.map(({ name, times }) => [name, times])).toEqual(SHORT.map((name) => [name, 1]));
  expect(verdict.judgedMs.stored).toBeGreaterThan(5000);
}, 300_000);
