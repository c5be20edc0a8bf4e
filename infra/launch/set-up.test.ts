import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { projectRoot } from '../binaries/index.ts';
import { runProgram, spawnProgram, type TempDir, tempDir, until } from '../testkit/index.ts';

// Real processes on a busy machine take their time.
jest.setTimeout(120_000);

/** A small project with the real set-up scripts, and an npm and a turbo that only write down what they were asked. */
let project: TempDir;
const inProject = (...path: string[]) => join(project.path, ...path);
const calls = () => (existsSync(inProject('calls')) ? readFileSync(inProject('calls'), 'utf8').trim().split('\n') : []);

const FAKE_TURBO = `#!/bin/sh
echo "turbo $1 $2" >> calls
if [ -e build-fails ]; then echo "index.ts(1,1): error TS2322"; exit 2; fi
mkdir -p infra/dist/launch transcoder/dist api/dist player/dist player/dist-pages
cp program.js infra/dist/launch/run-named.js
`;
const FAKE_NPM = `
const { appendFileSync, existsSync, mkdirSync, rmSync, writeFileSync } = require('node:fs');
appendFileSync('calls', 'npm ' + process.argv[2] + '\\n');
rmSync('node_modules', { recursive: true, force: true });
mkdirSync('node_modules/.bin', { recursive: true });
if (existsSync('npm-hangs')) { console.log('hanging'); setInterval(() => undefined, 1000); }
else if (existsSync('npm-fails')) { console.error('npm error network getaddrinfo ENOTFOUND'); process.exit(1); }
else writeFileSync('node_modules/.bin/turbo', ${JSON.stringify(FAKE_TURBO)}, { mode: 0o755 });
`;

beforeEach(async () => {
  project = await tempDir();
  for (const workspace of ['infra', 'transcoder', 'api', 'player']) mkdirSync(inProject(workspace));
  cpSync(join(projectRoot(), 'infra', 'launch'), inProject('infra', 'launch'), {
    recursive: true,
    filter: (path) => !path.endsWith('.ts'),
  });
  writeFileSync(inProject('package.json'), '{"type":"module"}');
  writeFileSync(inProject('package-lock.json'), '{"packages":{"node_modules/a":{"version":"1.0.0"}}}');
  writeFileSync(inProject('turbo.json'), '{}');
  writeFileSync(
    inProject('program.js'),
    'export const runProgramOf = async ({ args }) => console.log("ran with", ...args);',
  );
  writeFileSync(inProject('npm-cli.cjs'), FAKE_NPM);
});
afterEach(() => project.close());

const command = () => [inProject('infra', 'launch', 'run.mjs'), 'push', 'a file'];
const options = () => ({ cwd: project.path, env: { npm_execpath: inProject('npm-cli.cjs'), INIT_CWD: undefined } });
const run = () => runProgram(process.execPath, command(), options());

describe('setting up', () => {
  test('installs and builds once, and does nothing when nothing has changed', async () => {
    const first = await run();
    expect(first.stderr).toMatch(/installing packages \(npm ci\): done/);
    expect(first.text).toBe('ran with a file\n');
    const second = await run();
    expect(second.stderr).toBe('');
    expect(second.text).toBe('ran with a file\n');
    expect(calls()).toEqual(['npm ci', 'turbo run build']);
  });

  test('builds again when a source has changed or a result is missing, and does not install', async () => {
    await run();
    writeFileSync(inProject('api', 'new.ts'), 'export {};');
    await run();
    expect(calls()).toEqual(['npm ci', 'turbo run build', 'turbo run build']);
    rmSync(inProject('transcoder', 'dist'), { recursive: true });
    await run();
    expect(calls()).toHaveLength(4);
  });

  test('installs again when the lock file has changed', async () => {
    await run();
    writeFileSync(inProject('package-lock.json'), '{"packages":{"node_modules/a":{"version":"1.0.1"}}}');
    await run();
    expect(calls().filter((call) => call === 'npm ci')).toHaveLength(2);
  });

  test('takes what was installed by hand when it is what the lock file names', async () => {
    mkdirSync(inProject('node_modules', 'a'), { recursive: true });
    mkdirSync(inProject('node_modules', '.bin'));
    writeFileSync(inProject('node_modules', '.package-lock.json'), readFileSync(inProject('package-lock.json')));
    writeFileSync(inProject('node_modules', '.bin', 'turbo'), FAKE_TURBO);
    chmodSync(inProject('node_modules', '.bin', 'turbo'), 0o755);
    await run();
    expect(calls()).toEqual(['turbo run build']);
  });

  test('says what npm complained about and what to do when it fails, and tries again the next time', async () => {
    writeFileSync(inProject('npm-fails'), '');
    const failed = await run();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/ENOTFOUND[\s\S]*npm ci ended with code 1[\s\S]*run the same command again/);
    rmSync(inProject('npm-fails'));
    expect((await run()).text).toBe('ran with a file\n');
  });

  test('does an install again that was cut short', async () => {
    await run();
    writeFileSync(inProject('npm-hangs'), '');
    writeFileSync(inProject('package-lock.json'), '{"packages":{}}');
    const cut = spawnProgram(process.execPath, command(), options());
    await until(() => calls().filter((call) => call === 'npm ci').length === 2, { what: 'the second install' });
    expect(await cut.end('SIGTERM')).toEqual({ code: 143, signal: null });
    rmSync(inProject('npm-hangs'));
    expect((await run()).text).toBe('ran with a file\n');
  });

  test('tells the errors of a build that fails', async () => {
    writeFileSync(inProject('build-fails'), '');
    const failed = await run();
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/error TS2322[\s\S]*The build failed/);
  });

  test('is done by one process at a time', async () => {
    const both = await Promise.all([run(), run()]);
    expect(both.map((end) => end.text)).toEqual(['ran with a file\n', 'ran with a file\n']);
    expect(calls()).toEqual(['npm ci', 'turbo run build']);
  });

  test('goes on after the lock of a process that was killed', async () => {
    mkdirSync(inProject('.turbo'));
    const dead = await runProgram('/bin/sh', ['-c', 'echo $$']);
    writeFileSync(inProject('.turbo', 'set-up.lock'), dead.text.trim());
    expect((await run()).code).toBe(0);
  });
});

test('an unknown program is refused with the names of the known ones', async () => {
  const refused = await runProgram(process.execPath, [inProject('infra', 'launch', 'run.mjs'), 'radio'], options());
  expect(refused.stderr).toBe(
    'There is no program "radio". Known: api, transcoder, station, push, check, bench, interop, chaos.\n',
  );
});

test.each([
  ['start.mjs', []],
  ['run.mjs', ['api']],
  ['run.mjs', ['transcoder']],
])(
  '%s %s tells its usage before anything is installed, and starts nothing for an argument it does not know',
  async (file, name) => {
    const asked = (argument: string) =>
      runProgram(process.execPath, [inProject('infra', 'launch', file), ...name, argument], options());
    expect(await asked('--help')).toMatchObject({
      code: 0,
      stderr: '',
      text: expect.stringMatching(/^npm (start|run)/),
    });
    expect(await asked('--port=1')).toMatchObject({ code: 2, stderr: expect.stringContaining('"--port=1"') });
    expect(calls()).toEqual([]);
  },
);
