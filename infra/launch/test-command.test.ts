import { chmodSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { projectRoot } from '../binaries/index.ts';
import { runProgram, type TempDir, tempDir } from '../testkit/index.ts';

// Real processes on a busy machine take their time.
jest.setTimeout(120_000);

/** A small project with the real test command, and stand-ins for the tools. */
let project: TempDir;
const inProject = (...path: string[]) => join(project.path, ...path);

/** Answers with what `results.json` holds, for the first of its two calls; hangs afterwards if asked to. */
const FAKE_JEST = `
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
const outputFile = process.argv.find((arg) => arg.startsWith('--outputFile=')).slice('--outputFile='.length);
writeFileSync('jest-arguments-' + (existsSync('jest-arguments-1') ? 2 : 1), process.argv.slice(2).join(' '));
const results = existsSync('results.json') ? readFileSync('results.json', 'utf8') : '{"testResults":[]}';
if (existsSync('results.json')) renameSync('results.json', 'results.used');
if (!existsSync('jest-crashes')) writeFileSync(outputFile, results);
if (existsSync('jest-hangs') && results.includes('adds')) setInterval(() => undefined, 1000);
`;
const FAKE_BINARIES = `
const found = async () => ({ path: '/bin/true', version: '1.0' });
export { found as findRedisServer, found as findFfmpeg, found as findChromium };
`;

beforeEach(async () => {
  project = await tempDir();
  const folders = [
    'infra/dist/binaries',
    'transcoder/dist',
    'api/dist',
    'api/src',
    'player/dist',
    'player/dist-pages',
    'node_modules/.bin',
  ];
  for (const folder of [...folders, 'node_modules/jest/bin']) mkdirSync(inProject(folder), { recursive: true });
  cpSync(join(projectRoot(), 'infra', 'launch'), inProject('infra', 'launch'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
  writeFileSync(inProject('package.json'), '{"type":"module"}');
  writeFileSync(inProject('package-lock.json'), '{"packages":{}}');
  writeFileSync(inProject('node_modules', '.package-lock.json'), '{"packages":{}}');
  writeFileSync(inProject('node_modules', 'jest', 'bin', 'jest.js'), FAKE_JEST);
  writeFileSync(inProject('infra', 'dist', 'binaries', 'index.js'), FAKE_BINARIES);
  for (const tool of ['turbo', 'tsc', 'biome', 'depcruise']) setTool(tool, 'exit 0');
});
afterEach(() => project.close());

function setTool(name: string, script: string): void {
  writeFileSync(inProject('node_modules', '.bin', name), `#!/bin/sh\n${script}\n`);
  chmodSync(inProject('node_modules', '.bin', name), 0o755);
}

function setResults(...tests: { fullName: string; status: string }[]): void {
  const file = { name: inProject('api', 'dist', 'a.test.js'), status: 'passed', assertionResults: tests };
  writeFileSync(inProject('results.json'), JSON.stringify({ testResults: [file] }));
}

async function runTests(...args: string[]) {
  const ended = await runProgram(process.execPath, [inProject('infra', 'launch', 'test.mjs'), ...args], {
    cwd: project.path,
  });
  return { code: ended.code, lines: ended.text.trimEnd().split('\n') };
}

describe('npm test', () => {
  test('ends with the two numbers alone on a line: tests and the three checks', async () => {
    setResults({ fullName: 'adds', status: 'passed' }, { fullName: 'subtracts', status: 'passed' });
    const { code, lines } = await runTests();
    expect(lines.at(-1)).toBe('5 passed, 0 failed');
    expect(code).toBe(0);
  });

  test('names what failed, counts skipped tests as failed, and ends with code 1', async () => {
    setResults({ fullName: 'adds', status: 'failed' }, { fullName: 'divides', status: 'pending' });
    setTool('biome', 'echo "a.ts: too long"; exit 1');
    const { code, lines } = await runTests();
    expect(lines.slice(-4)).toEqual([
      '  failed: lint',
      '  failed: adds (api/dist/a.test.js)',
      '  failed: divides (api/dist/a.test.js, pending)',
      '2 passed, 3 failed',
    ]);
    expect(lines).toContain('a.ts: too long');
    expect(code).toBe(1);
  });

  test('runs no test of files that do not build', async () => {
    setTool('turbo', 'echo "a.ts(1,1): error TS2304"; exit 2');
    const { code, lines } = await runTests();
    expect(lines).toContain('a.ts(1,1): error TS2304');
    expect(lines.slice(-2)).toEqual(['  failed: types', '2 passed, 1 failed']);
    expect(code).toBe(1);
  });

  test('fails when there is no test at all', async () => {
    const { lines } = await runTests();
    expect(lines.slice(-2)).toEqual(['  failed: no test was found', '3 passed, 1 failed']);
  });

  test('fails when a handle keeps Jest from ending', async () => {
    setResults({ fullName: 'adds', status: 'passed' });
    writeFileSync(inProject('jest-hangs'), '');
    const { code, lines } = await runTests();
    expect(lines.at(-2)).toMatch(/failed: unit and flow tests: Jest did not end within 10 s after its results/);
    expect(code).toBe(1);
  }, 60_000);

  test('fails when Jest tells no results', async () => {
    writeFileSync(inProject('jest-crashes'), '');
    const { lines } = await runTests();
    expect(lines).toContain('  failed: unit and flow tests: Jest ended with code 0 and told no results');
  });

  test('runs only the named files, and the checks only when all is run', async () => {
    setResults({ fullName: 'adds', status: 'passed' });
    setTool('biome', 'touch linted');
    const { lines } = await runTests('api/dist/a');
    expect(lines.at(-1)).toBe('2 passed, 0 failed');
    expect(existsSync(inProject('linted'))).toBe(false);
  });

  test('does not run built tests whose source is gone', async () => {
    setResults({ fullName: 'adds', status: 'passed' });
    for (const name of ['kept', 'gone']) writeFileSync(inProject('api', 'dist', `${name}.test.js`), '');
    writeFileSync(inProject('api', 'src', 'kept.test.ts'), '');
    await runTests();
    expect(existsSync(inProject('api', 'dist', 'kept.test.js'))).toBe(true);
    expect(existsSync(inProject('api', 'dist', 'gone.test.js'))).toBe(false);
  });
});
