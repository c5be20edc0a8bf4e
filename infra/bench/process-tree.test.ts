import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnProgram, type TestProgram, until } from '../testkit/index.ts';
import { commandLines, coresUsed, readTree } from './process-tree.ts';

/** A shell that waits for a child which computes for a while, then for one that sleeps. */
const SCRIPT = 'i=0; (while [ $i -lt 400000 ]; do i=$((i+1)); done); echo computed; sleep 60; true';
let program: TestProgram;
beforeAll(async () => {
  program = spawnProgram('/bin/sh', ['-c', SCRIPT]);
  await program.says(/computed/);
});
afterAll(() => program.close());

test('CPU of a descendant that has ended stays in the sum', async () => {
  expect((await readTree(program.pid)).cpuSeconds).toBeGreaterThan(0.05);
});

test('descendants are found with their command lines and memory', async () => {
  await until(async () => (await commandLines(program.pid)).some((line) => line.join(' ') === 'sleep 60'));
  const usage = await readTree(program.pid);
  expect(usage.processes).toBeGreaterThanOrEqual(2);
  expect(usage.pssBytes).toBeGreaterThan(50_000);
  expect(usage.ownFds).toBeGreaterThanOrEqual(3);
});

test('use of the CPU is a share of one core', () => {
  const look = { ownCpuSeconds: 0, pssBytes: 0, ownRssBytes: 0, ownFds: 0, processes: 1 };
  expect(coresUsed({ ...look, at: 0, cpuSeconds: 1 }, { ...look, at: 10_000, cpuSeconds: 6 })).toBe(0.5);
});

test('a program that is gone is an error', async () => {
  await expect(readTree(2 ** 30)).rejects.toThrow(/is gone/);
});
