import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { identify, type ProcessIdentity } from '../binaries/index.ts';
import { spawnProgram, type TempDir, tempDir } from '../testkit/index.ts';
import { RunRecord, runningLauncher } from './run-record.ts';

// Real processes on a busy machine take their time.
jest.setTimeout(120_000);

let folder: TempDir;
beforeAll(async () => {
  folder = await tempDir();
});
afterAll(() => folder.close());

const gone: ProcessIdentity = { pid: process.pid, started: 'at another time' };

function living(pid: number): ProcessIdentity {
  const found = identify(pid);
  if (found === undefined) throw new Error(`There is no process ${pid}.`);
  return found;
}

describe('the record of a run', () => {
  test('tells others where Redis is, until it is closed', async () => {
    const record = await RunRecord.take(folder.path);
    record.note({ redisUrl: 'unix:/somewhere' });
    expect(runningLauncher(folder.path)).toMatchObject({ redisUrl: 'unix:/somewhere', launcher: { pid: process.pid } });
    record.close();
    expect(runningLauncher(folder.path)).toBeUndefined();
  });

  test('refuses a folder on which another launcher runs', async () => {
    const record = await RunRecord.take(folder.path);
    await expect(RunRecord.take(folder.path)).rejects.toThrow(
      /runs already on .*process \d+.*another DATA_DIR and PORT/,
    );
    record.close();
  });

  test('of a killed launcher does not count, and what it left running is ended', async () => {
    const left = spawnProgram('/bin/sleep', ['60']);
    const facts = { launcher: gone, children: [living(left.pid)], stopping: false, redisUrl: 'unix:/old' };
    writeFileSync(join(folder.path, 'run.json'), JSON.stringify(facts));
    expect(runningLauncher(folder.path)).toBeUndefined();
    const record = await RunRecord.take(folder.path);
    expect((await left.ended).signal).toBe('SIGTERM');
    record.close();
  });

  test('waits for a launcher that is on its way out', async () => {
    const other = spawnProgram('/bin/sleep', ['60']);
    const facts = { launcher: living(other.pid), children: [], stopping: true };
    writeFileSync(join(folder.path, 'run.json'), JSON.stringify(facts));
    const taking = RunRecord.take(folder.path);
    await other.close();
    (await taking).close();
  });

  test('does not end a stranger that was given the process id of an old child', async () => {
    const stranger = spawnProgram('/bin/sleep', ['60']);
    const child = { pid: stranger.pid, started: 'at another time' };
    writeFileSync(
      join(folder.path, 'run.json'),
      JSON.stringify({ launcher: gone, children: [child], stopping: false }),
    );
    (await RunRecord.take(folder.path)).close();
    expect(identify(stranger.pid)).toBeDefined();
    await stranger.close();
  });

  test('that is damaged does not hinder a start', async () => {
    writeFileSync(join(folder.path, 'run.json'), '{"launcher":');
    (await RunRecord.take(folder.path)).close();
  });
});
