import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { findOnPath, projectRoot } from '../binaries/index.ts';
import { runProgram, spawnProgram, type TempDir, type TestProgram, tempDir, until } from '../testkit/index.ts';

jest.setTimeout(180_000);

/** A person's machine as bare as it can be: PATH, an empty home, and a folder for the data. */
let home: TempDir;
let data: TempDir;
let started: TestProgram[];
let mark: string;

beforeEach(async () => {
  home = await tempDir();
  data = await tempDir();
  started = [];
  mark = `AWAZ_TEST_MARK=${data.path}`;
});
afterEach(async () => {
  for (const program of started) await program.close();
  await until(() => marked().length === 0, { what: 'no process of the test is left' });
  await home.close();
  await data.close();
});

const npm = (): string => {
  const [path] = findOnPath('npm');
  if (path === undefined) throw new Error('npm is not on PATH.');
  return path;
};

function environment(more: Record<string, string> = {}): Record<string, string> {
  const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  return { PATH, HOME: home.path, DATA_DIR: data.path, PORT: '0', AWAZ_TEST_MARK: data.path, ...more };
}

function npmStart(more: Record<string, string> = {}): TestProgram {
  const program = spawnProgram(npm(), ['start'], { cwd: projectRoot(), onlyEnv: environment(more) });
  started.push(program);
  return program;
}

function npmRun(...args: string[]) {
  return runProgram(npm(), ['run', '--silent', ...args], {
    cwd: projectRoot(),
    onlyEnv: environment(),
    timeoutMs: 60_000,
  });
}

/** Waits until everything runs; the answer is the server's address. */
async function ready(program: TestProgram): Promise<string> {
  await program.says(/Stop with Ctrl-C/, 90_000);
  return (await program.says(/Listen {2}(http:\S+)\//))[1] ?? '';
}

/** Process ids of everything that was started with this test's environment. */
function marked(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

/** The launcher itself, below npm. */
const launcherOf = (folder: TempDir): number =>
  JSON.parse(readFileSync(join(folder.path, 'run.json'), 'utf8')).launcher.pid;

describe('npm start with the real programs', () => {
  test('is healthy, shows a studio link, and leaves no process behind after SIGTERM to npm', async () => {
    const program = npmStart({ ORIGIN_WORKERS: '2' });
    const url = await ready(program);
    await program.says(/Studio {2}http:\S+\/studio#station=\S+&key=[a-z0-9]{32}/);
    await program.says(/Sign in {2}http:\S+\/sign-in#token=[\w-]{32}/);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect((await fetch(`${url}/`)).headers.get('content-type')).toContain('text/html');
    expect(marked().length).toBeGreaterThan(4);
    program.child.kill('SIGTERM');
    await program.ended;
    await until(() => marked().length === 0, { what: 'no process is left' });
    expect(existsSync(join(data.path, 'run.json'))).toBe(false);
  });

  test('starts again after kill -9 of the launcher, with the stations it had', async () => {
    const killed = npmStart({ ORIGIN_WORKERS: '2' });
    const url = await ready(killed);
    expect((await npmRun('station', '--', 'add', 'jazz', '--title', 'Jazz')).code).toBe(0);
    process.kill(launcherOf(data), 'SIGKILL');
    await killed.ended;
    const next = npmStart({ PORT: new URL(url).port });
    expect(await ready(next)).toBe(url);
    const told = JSON.parse((await npmRun('station', '--', 'list', '--json')).text);
    expect(told.stations.map((station: { slug: string }) => station.slug)).toContain('jazz');
  });

  test('npm run station works beside a running server and alone', async () => {
    const alone = await npmRun('station', '--', 'add', 'early', '--title', 'Early', '--json');
    expect(alone.code).toBe(0);
    expect(JSON.parse(alone.text)).toMatchObject({ station: 'early', key: expect.stringMatching(/^[a-z0-9]{32}$/) });
    const program = npmStart();
    const url = await ready(program);
    // There is a station already: none is made.
    expect(program.stdout()).not.toContain('#station=');
    const beside = await npmRun('station', '--', 'add', 'late', '--title', 'Late', '--json');
    expect(JSON.parse(beside.text)).toMatchObject({ station: 'late', listenUrl: `${url}/s/late` });
    for (const slug of ['early', 'late']) {
      const offAir = await fetch(`${url}/live/${slug}/index.m3u8`);
      expect([offAir.status, offAir.headers.has('retry-after')]).toEqual([404, true]);
    }
  });

  test('a second start with nothing changed neither installs nor builds', async () => {
    await npmStart().says(/Stop with Ctrl-C/, 90_000);
    await started[0]?.end();
    const begun = Date.now();
    const second = npmStart();
    await second.says(/Stop with Ctrl-C/, 90_000);
    process.stderr.write(`second npm start: ready after ${Date.now() - begun} ms\n`);
    expect(second.stdout()).not.toMatch(/installing|building/);
  });

  test('DEMO=1 has a station on air at once', async () => {
    const program = npmStart({ DEMO: '1' });
    const url = await ready(program);
    await program.says(/Demo {4}http:\S+\/s\/demo {3}\(stream key [a-z0-9]{32}\)/);
    const playlist = await until(
      async () => {
        const answer = await fetch(`${url}/live/demo/index.m3u8`);
        const text = await answer.text();
        return answer.ok && text;
      },
      { what: 'the demo is on air', timeoutMs: 30_000, everyMs: 100 },
    );
    expect(playlist).toContain('#EXT-X-STREAM-INF');
    await program.end();
  });
});
