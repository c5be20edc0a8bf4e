import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { isAlive } from '../binaries/index.ts';
import { spawnProgram, type TempDir, type TestProgram, tempDir, until } from '../testkit/index.ts';
import { type RunFacts, runningLauncher } from './run-record.ts';

// Real processes on a busy machine take their time.
jest.setTimeout(120_000);

/** Stand-ins for our programs: they do as their commands say and write down when they stop. */
const API = `
  import { appendFileSync, existsSync } from 'node:fs';
  import { createServer } from 'node:http';
  const say = (line) => appendFileSync('story', line + '\\n');
  say('api starts');
  if (existsSync('api-fails')) { console.error('cannot read the key'); process.exit(9); }
  const answer = { '/readyz': 200, '/die': 200 };
  const server = createServer((request, response) => {
    response.writeHead(answer[request.url] ?? 404).end();
    if (request.url === '/die') process.exit(7);
  });
  server.listen(Number(process.env.PORT));
  process.on('SIGINT', () => say('api got SIGINT'));
  process.once('SIGTERM', () => {
    say('api stops');
    if (!existsSync('api-hangs')) process.exit(0);
  });
  process.once('disconnect', () => process.exit(0));
`;
const TRANSCODER = `
  import { appendFileSync, existsSync } from 'node:fs';
  setInterval(() => undefined, 1000);
  process.once('SIGTERM', () => {
    const redis = existsSync(process.env.REDIS_URL.slice('unix:'.length)) ? 'runs' : 'is gone';
    appendFileSync('story', 'transcoder stops, redis ' + redis + '\\n');
    process.exit(0);
  });
  process.once('disconnect', () => process.exit(0));
`;
const STATION_CLI = `
  import { existsSync, writeFileSync } from 'node:fs';
  const first = !existsSync('has-station');
  writeFileSync('has-station', '');
  console.log(first ? '{"station":"my-station","key":"0123456789abcdef0123456789abcdef"}' : '{}');
`;

let root: TempDir;
let running: TestProgram[];
const story = () =>
  existsSync(join(root.path, 'story')) ? readFileSync(join(root.path, 'story'), 'utf8').trim().split('\n') : [];

beforeEach(async () => {
  root = await tempDir();
  running = [];
  const programs = {
    'api/dist/main.mjs': API,
    'transcoder/dist/main.mjs': TRANSCODER,
    'api/dist/stations/cli.mjs': STATION_CLI,
  };
  for (const [path, source] of Object.entries(programs)) {
    const file = join(root.path, path.replace('.mjs', '.js'));
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, source);
  }
  writeFileSync(join(root.path, 'package.json'), '{"type":"module"}');
});
afterEach(async () => {
  for (const program of running) await program.close();
  await root.close();
});

const entry = new URL('./start.js', import.meta.url).href;

function launch(env: Record<string, string> = {}): TestProgram {
  const script = `const { start } = await import(${JSON.stringify(entry)}); process.exit(await start(process.cwd()));`;
  const program = spawnProgram(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root.path,
    env: { PORT: '0', DATA_DIR: undefined, REDIS_URL: undefined, npm_lifecycle_event: undefined, ...env },
  });
  running.push(program);
  return program;
}

/** Waits until everything runs; the answer is where, and which processes. */
async function ready(program: TestProgram): Promise<{ url: string; facts: RunFacts }> {
  const url = (await program.says(/Listen {2}(http:\S+)\//, 60_000))[1] ?? '';
  const facts = runningLauncher(join(root.path, 'data'));
  if (facts === undefined) throw new Error('There is no record of the run.');
  return { url, facts };
}

const nothingLeft = (facts: RunFacts) =>
  until(() => ![facts.launcher, ...facts.children].some(isAlive), { what: 'no process is left' });

describe('npm start', () => {
  test('starts Redis, transcoder and API, and shows the first studio link only once', async () => {
    const first = launch();
    const { facts } = await ready(first);
    expect(facts.children).toHaveLength(3);
    await first.says(/Studio {2}http:\S+\/studio#station=my-station&key=[a-z0-9]{32}/);
    await first.end();
    const second = launch();
    await second.says(/Stop with Ctrl-C/);
    expect(second.stdout()).not.toContain('#station=');
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    'stops API, transcoder and Redis in that order on %s',
    async (signal) => {
      const program = launch();
      const { facts } = await ready(program);
      expect(await program.end(signal)).toEqual({ code: 0, signal: null });
      expect(story()).toEqual(['api starts', 'api stops', 'transcoder stops, redis runs']);
      expect([facts.launcher, ...facts.children].filter(isAlive)).toEqual([]);
      expect(existsSync(join(root.path, 'data', 'run.json'))).toBe(false);
    },
  );

  test('takes the signals of one Ctrl-C for one, and does not let them reach its programs', async () => {
    const program = launch();
    await ready(program);
    // The terminal tells the whole process group, and npm tells its child once more.
    process.kill(-program.pid, 'SIGINT');
    process.kill(program.pid, 'SIGINT');
    expect(await program.ended).toEqual({ code: 0, signal: null });
    expect(story()).not.toContain('api got SIGINT');
  });

  test('ends at once when it is asked a second time', async () => {
    writeFileSync(join(root.path, 'api-hangs'), '');
    const program = launch();
    const { facts } = await ready(program);
    program.child.kill('SIGINT');
    await until(() => story().includes('api stops'), { what: 'the API is asked to stop' });
    // Two signals within a moment count as one; a person is not that quick.
    await until(() => {
      program.child.kill('SIGINT');
      return program.child.exitCode !== null;
    });
    expect(program.child.exitCode).toBe(130);
    await nothingLeft(facts);
  });

  test('starts again after kill -9, on the same port and data', async () => {
    const killed = launch();
    const { url, facts } = await ready(killed);
    await killed.end('SIGKILL');
    const next = launch({ PORT: new URL(url).port });
    await ready(next);
    expect(await next.end()).toEqual({ code: 0, signal: null });
    await nothingLeft(facts);
  });

  test('stops when the npm that started it is killed', async () => {
    const script = `const { start } = await import(${JSON.stringify(entry)}); process.exit(await start(process.cwd()));`;
    const npm = `require('node:child_process').spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(script)}],
      { stdio: 'inherit', detached: true }); setInterval(() => undefined, 1000);`;
    const program = spawnProgram(process.execPath, ['-e', npm], {
      cwd: root.path,
      env: { PORT: '0', DATA_DIR: undefined, REDIS_URL: undefined, npm_lifecycle_event: 'start' },
    });
    running.push(program);
    const { url, facts } = await ready(program);
    program.child.kill('SIGKILL');
    // The next start comes while the old one is still on its way out.
    const next = launch({ PORT: new URL(url).port });
    await ready(next);
    await nothingLeft(facts);
  });

  test('starts a program again that ends by accident', async () => {
    const program = launch();
    const { url } = await ready(program);
    await fetch(`${url}/die`).catch(() => undefined);
    await program.says(/api ended with code 7; it is started again in 250 ms/);
    await until(() => fetch(`${url}/readyz`).then((answer) => answer.ok), { what: 'the API answers again' });
  });

  test('starts Redis again that was killed, at the same address', async () => {
    const program = launch();
    const { facts } = await ready(program);
    const redis = JSON.parse(readFileSync(join(root.path, 'data', 'redis', 'server.pid'), 'utf8')).server;
    process.kill(redis.pid, 'SIGKILL');
    await program.says(/Redis was ended by SIGKILL.* started again/);
    await until(() => existsSync(String(facts.redisUrl?.slice('unix:'.length))), { what: 'its socket is there again' });
  });

  test('tells at once that a program could not start, and leaves nothing', async () => {
    writeFileSync(join(root.path, 'api-fails'), '');
    const program = launch();
    expect((await program.ended).code).toBe(1);
    expect(program.stderr()).toContain('cannot read the key');
    expect(program.stderr()).toContain('api could not start: it ended with code 9.');
    expect(existsSync(join(root.path, 'data', 'run.json'))).toBe(false);
  });

  test('refuses a port that is taken and a folder on which another one runs, each with what to do', async () => {
    const other = createServer().listen(0);
    await until(() => other.listening);
    const { port } = other.address() as { port: number };
    const refused = launch({ PORT: String(port) });
    expect((await refused.ended).code).toBe(1);
    expect(refused.stderr()).toMatch(/Port \d+ is in use by another program\. Take another one: PORT=\d+ npm start/);
    other.close();
    await ready(launch());
    const second = launch();
    expect((await second.ended).code).toBe(1);
    expect(second.stderr()).toMatch(/runs already on .*another DATA_DIR and PORT/);
  });

  test('reports every fault of the environment at once', async () => {
    const program = launch({ PORT: 'http', LOG_LEVEL: 'loud', LADDER: 'x' });
    expect((await program.ended).code).toBe(1);
    for (const name of ['PORT', 'LOG_LEVEL', 'LADDER']) expect(program.stderr()).toContain(`  ${name}:`);
  });
});
