import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { RedisHandle } from '@awaz/infra/redis';
import {
  startTestRedis,
  TEST_CERTIFICATES,
  type TestRedis,
  tempDir,
  until,
  writeTestCertificate,
} from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { io } from 'socket.io-client';
import { MadeUpBroadcast } from '../origin/test/made-up-broadcast.ts';
import {
  type ApiProgram,
  childrenOf,
  isGone,
  type OneConnection,
  oneConnection,
  startApiProgram,
} from '../test/api-program.ts';

// Several processes have to start, on a machine that may be busy.
jest.setTimeout(90_000);

let redis: TestRedis;
let handle: RedisHandle;
const open: (() => Promise<void> | void)[] = [];

beforeAll(async () => {
  redis = await startTestRedis();
  handle = redis.handle();
});
afterAll(() => redis.close());
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function start(env: Record<string, string> = {}): Promise<ApiProgram> {
  const program = await startApiProgram({ REDIS_URL: redis.url, ORIGIN_WORKERS: '2', LOG_LEVEL: 'info', ...env });
  open.push(() => program.close());
  return program;
}

function connections(port: number, count: number): OneConnection[] {
  const made = Array.from({ length: count }, () => oneConnection(port));
  open.push(() => {
    for (const connection of made) connection.close();
  });
  return made;
}

/** Process ids of the workers, by number, as far as they have said that they listen. */
function listed(program: ApiProgram): number[] {
  const pids: number[] = [];
  for (const { worker, pid, msg } of program.log()) {
    if (worker !== undefined && msg === 'listening') pids[worker - 1] = pid;
  }
  return pids;
}

/** Process ids of both workers. A log line may come later than the message of the same moment. */
const workersOf = (program: ApiProgram) =>
  until(() => {
    const [first, second] = listed(program);
    return first !== undefined && second !== undefined && ([first, second] as const);
  });

const answer = async (connection: OneConnection, path: string) => (await connection.get(path)).text;

/** A value of the metrics page; the sum over all lines that begin so. */
function numberOf(metrics: string, name: string): number {
  const lines = metrics.split('\n').filter((line) => line.startsWith(name) && /^[{ ]/.test(line.slice(name.length)));
  if (lines.length === 0) return Number.NaN;
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const ofWorker = (metrics: string, name: string, worker: number) =>
  Number(new RegExp(`^${name}\\{.*worker="${worker}".*\\} (\\S+)$`, 'm').exec(metrics)?.[1]);

describe('two workers', () => {
  it('share one port: connections go to them in turn, and both answer', async () => {
    const program = await start();
    const port = await program.listening();
    const all = connections(port, 20);
    for (const connection of all) expect((await connection.get('/healthz')).status).toBe(200);
    const [first] = all as [OneConnection];
    const metrics = await answer(first, '/metrics');
    expect(numberOf(metrics, 'awaz_http_connections')).toBe(20);
    for (const worker of [1, 2]) {
      const share = ofWorker(metrics, 'awaz_api_worker_connections', worker);
      expect([worker, share >= 8 && share <= 12]).toEqual([worker, true]);
    }
  });

  it('tell who started them once on which port they listen, and log their numbers', async () => {
    const program = await start();
    const port = await program.listening();
    expect(program.messages).toEqual([{ type: 'listening', port }]);
    expect(port).toBeGreaterThan(0);
    const lines = () => program.log().filter(({ msg }) => msg === 'listening');
    const told = await until(() => lines().length === 3 && lines(), { what: 'all three said that they listen' });
    expect(told.map(({ worker }) => worker).sort()).toEqual([1, 2, undefined]);
    expect(new Set(childrenOf(program.pid))).toEqual(new Set(await workersOf(program)));
  });

  it('answer what they hold and send everybody away after SIGTERM, and leave no process', async () => {
    const program = await start();
    const port = await program.listening();
    const broadcast = await MadeUpBroadcast.onAir(handle, { station: 'leaving' });
    const all = connections(port, 6);
    const playlist = broadcast.path('64k', 'playlist.m3u8');
    for (const connection of all) expect((await connection.get(playlist)).status).toBe(200);
    const held = Promise.all(all.map((connection) => connection.get(`${playlist}?_HLS_msn=3&_HLS_part=0`)));
    const [watcher] = connections(port, 1) as [OneConnection];
    await until(async () => numberOf(await answer(watcher, '/metrics'), 'awaz_origin_held_requests') === 6);
    const sockets = [1, 2].map(() =>
      io(`http://127.0.0.1:${port}/studio`, { transports: ['websocket'], forceNew: true }),
    );
    open.push(() => {
      for (const socket of sockets) socket.disconnect();
    });
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.once('connect', resolve))));
    const told = sockets.map((socket) => new Promise((resolve) => socket.once('disconnect', resolve)));
    const pids = await workersOf(program);
    program.child.kill('SIGTERM');
    for (const { status, text } of await held)
      expect([status, JSON.parse(text).code]).toEqual([503, 'server_going_down']);
    expect(await Promise.all(told)).toEqual(['transport close', 'transport close']);
    expect(await program.exited).toEqual([0, null]);
    expect(pids.every(isGone)).toBe(true);
  });

  it('stop in order after Ctrl-C, which reaches all of them, twice', async () => {
    const program = await start();
    await program.listening();
    const pids = await workersOf(program);
    for (let times = 0; times < 2; times++) process.kill(-program.pid, 'SIGINT');
    expect(await program.exited).toEqual([0, null]);
    expect(pids.every(isGone)).toBe(true);
    expect(program.log().filter(({ level }) => level > 30)).toEqual([]);
  });

  it('do not outlive a primary that was killed', async () => {
    const program = await start();
    await program.listening();
    const pids = await workersOf(program);
    expect(pids).toHaveLength(2);
    program.child.kill('SIGKILL');
    await until(() => pids.every(isGone));
  });

  it('stop when the program that started them lets go', async () => {
    const program = await start();
    await program.listening();
    const pids = await workersOf(program);
    program.child.disconnect();
    expect(await program.exited).toEqual([0, null]);
    expect(pids.every(isGone)).toBe(true);
  });
});

describe('a worker that ends', () => {
  const replaced = (program: ApiProgram, old: readonly number[]) =>
    until(
      () => {
        const now = listed(program);
        return old.every((pid, index) => now[index] !== pid) && now;
      },
      { timeoutMs: 30_000, what: 'other workers listen' },
    );

  it('is replaced, and meanwhile the other one goes on', async () => {
    const program = await start();
    const port = await program.listening();
    const [first = 0, second = 0] = await workersOf(program);
    const pair = connections(port, 2) as [OneConnection, OneConnection];
    for (const connection of pair) await connection.get('/healthz');
    process.kill(second, 'SIGKILL');
    await until(() => isGone(second));
    const [fresh] = connections(port, 1) as [OneConnection];
    expect((await fresh.get('/healthz')).status).toBe(200);
    await until(() => listed(program)[1] !== second, { timeoutMs: 30_000 });
    expect(listed(program)[0]).toBe(first);
    const metrics = await until(async () => {
      const page = await answer(fresh, '/metrics');
      return numberOf(page, 'awaz_api_workers') === 2 && page;
    });
    expect(numberOf(metrics, 'awaz_api_worker_restarts_total')).toBe(1);
    expect(program.log().find(({ level }) => level === 40)).toMatchObject({
      worker: 2,
      msg: 'API worker 2 was ended by SIGKILL; it is started again in 250 ms',
    });
    for (const connection of connections(port, 4)) expect((await connection.get('/healthz')).status).toBe(200);
    expect(program.messages).toHaveLength(1);
  });

  it('leaves the port as it was, though nobody asked for a certain one and all ended at once', async () => {
    const program = await start();
    const port = await program.listening();
    for (let round = 0; round < 2; round++) {
      const old = await workersOf(program);
      for (const pid of old) process.kill(pid, 'SIGKILL');
      await replaced(program, old);
    }
    expect(new Set(program.log().flatMap((line) => ('port' in line ? [line.port] : [])))).toEqual(new Set([port]));
    for (const connection of connections(port, 4)) expect((await connection.get('/healthz')).status).toBe(200);
  });

  it('again and again ends all, with the reason', async () => {
    const program = await start();
    await program.listening();
    const [spared = 0] = await workersOf(program);
    let ended = false;
    void program.exited.then(() => {
      ended = true;
    });
    await until(
      () => {
        for (const pid of childrenOf(program.pid)) if (pid !== spared) process.kill(pid, 'SIGKILL');
        return ended;
      },
      { timeoutMs: 60_000, what: 'the program gives up' },
    );
    expect(await program.exited).toEqual([1, null]);
    expect(isGone(spared)).toBe(true);
    const [fatal] = program.log().filter(({ level }) => level === 60);
    expect(fatal?.err?.message).toBe('API worker 2 ended 5 times within 30 s; the last time it was ended by SIGKILL.');
  });
});

describe('metrics of workers', () => {
  const requests = 'awaz_origin_requests_total';

  it('are the same whichever worker is asked: sums, and its own where a sum says nothing', async () => {
    const program = await start();
    const port = await program.listening();
    const broadcast = await MadeUpBroadcast.onAir(handle, { station: 'sums' });
    const pair = connections(port, 2) as [OneConnection, OneConnection];
    for (const [index, connection] of pair.entries()) {
      for (let times = 0; times < 3 + index; times++) await connection.get(broadcast.path('64k', 'init.mp4'));
    }
    const pages = await Promise.all(pair.map((connection) => answer(connection, '/metrics')));
    for (const page of pages) {
      expect(numberOf(page, requests)).toBe(7);
      for (const worker of [1, 2]) {
        expect(ofWorker(page, 'awaz_origin_tailed_broadcasts', worker)).toBe(1);
        expect(ofWorker(page, 'nodejs_eventloop_lag_seconds', worker)).toBeGreaterThanOrEqual(0);
        expect(ofWorker(page, 'awaz_api_worker_cpu_seconds_total', worker)).toBeGreaterThan(0);
      }
      const shares = ['primary', 1, 2].map((worker) =>
        ofWorker(page, 'awaz_api_worker_resident_bytes', Number(worker)),
      );
      expect(shares.slice(1).every((bytes) => bytes > 0)).toBe(true);
      expect(page.match(/^nodejs_version_info/gm)).toHaveLength(1);
    }
  });

  it('never fall when a worker ends', async () => {
    const program = await start();
    const port = await program.listening();
    const pair = connections(port, 2) as [OneConnection, OneConnection];
    for (const connection of pair)
      for (let times = 0; times < 5; times++) await connection.get('/live/nobody/index.m3u8');
    const before = await answer(pair[0], '/metrics');
    const old = await workersOf(program);
    for (const pid of old) process.kill(pid, 'SIGKILL');
    await until(() => old.every((pid, index) => listed(program)[index] !== pid), { timeoutMs: 30_000 });
    const [fresh] = connections(port, 1) as [OneConnection];
    const after = await answer(fresh, '/metrics');
    expect([numberOf(before, requests), numberOf(after, requests)]).toEqual([10, 10]);
    expect(numberOf(after, 'process_cpu_seconds_total')).toBeGreaterThan(numberOf(before, 'process_cpu_seconds_total'));
    expect(numberOf(after, 'awaz_http_connections')).toBe(1);
  });

  it('say when a worker does not tell its own, and show what it told last', async () => {
    const program = await start();
    const port = await program.listening();
    const pair = connections(port, 2) as [OneConnection, OneConnection];
    for (const connection of pair) await connection.get('/live/nobody/index.m3u8');
    expect(numberOf(await answer(pair[0], '/metrics'), 'awaz_api_workers_silent')).toBe(0);
    const [, second = 0] = await workersOf(program);
    process.kill(second, 'SIGSTOP');
    open.push(() => void process.kill(second, 'SIGCONT'));
    const asked = pair.map((connection) => answer(connection, '/metrics'));
    const page = await Promise.any(asked);
    expect([numberOf(page, 'awaz_api_workers_silent'), numberOf(page, requests)]).toEqual([1, 2]);
    process.kill(second, 'SIGCONT');
    await Promise.all(asked);
    await until(async () => numberOf(await answer(pair[0], '/metrics'), 'awaz_api_workers_silent') === 0);
  });
});

describe('workers with TLS', () => {
  /** Connects, as HTTP/1.1 would; the answer says whose certificate it was and whether an earlier session was resumed. */
  const greet = async (port: number, earlier?: Buffer) => {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, session: earlier });
    let session = earlier ?? Buffer.alloc(0);
    socket.on('session', (next: Buffer) => {
      session = next;
    });
    await once(socket, 'secureConnect');
    const greeted = { name: String(socket.getPeerCertificate().subject?.CN), resumed: socket.isSessionReused() };
    // The ticket for the next time comes with the first answer.
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
    socket.resume();
    await once(socket, 'close');
    return { ...greeted, session };
  };

  it('resume the sessions of each other, and each renews its certificate', async () => {
    const folder = await tempDir();
    open.push(() => folder.close());
    const { certFile, keyFile } = await writeTestCertificate(folder.path);
    const program = await start({ TLS_CERT: certFile, TLS_KEY: keyFile });
    const port = await program.listening();
    const first = await greet(port);
    expect([first.name, first.resumed]).toEqual(['awaz first test certificate', false]);
    // One after the other: they reach the workers in turn.
    for (let times = 0; times < 4; times++) expect((await greet(port, first.session)).resumed).toBe(true);
    await writeFile(certFile, TEST_CERTIFICATES.second);
    const renewals = () => program.log().filter(({ msg }) => msg === 'a renewed certificate is in use');
    await until(() => renewals().length === 2, { timeoutMs: 30_000, what: 'both workers have the new certificate' });
    expect(new Set(renewals().map(({ worker }) => worker))).toEqual(new Set([1, 2]));
    for (let times = 0; times < 4; times++) expect((await greet(port)).name).toBe('awaz second test certificate');
  });
});

describe('what keeps workers from starting', () => {
  it('is told once for all of them when the environment is not usable', async () => {
    const program = await start({ PORT: '99999', ORIGIN_WORKERS: '0' });
    expect(await program.exited).toEqual([1, null]);
    for (const name of ['PORT', 'ORIGIN_WORKERS']) expect(program.stderr().split(`  ${name}: `)).toHaveLength(2);
    expect(program.log()).toEqual([]);
  });

  it('is told once when another program has the port', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    open.push(() => void other.close());
    const { port } = other.address() as { port: number };
    const program = await start({ PORT: String(port), ORIGIN_WORKERS: '3' });
    expect(await program.exited).toEqual([1, null]);
    const faults = program.log().filter(({ level }) => level === 60);
    expect(faults.map(({ worker, err }) => [worker, err?.message])).toEqual([
      [1, expect.stringContaining(`Cannot listen on 127.0.0.1:${port}: another program listens there; set PORT`)],
      [undefined, 'API worker 1 could not start: it ended with code 1.'],
    ]);
    expect(program.messages).toEqual([]);
  });
});

describe('one worker', () => {
  it('is the program itself', async () => {
    const program = await start({ ORIGIN_WORKERS: '1' });
    const port = await program.listening();
    expect(childrenOf(program.pid)).toEqual([]);
    const [connection] = connections(port, 1) as [OneConnection];
    expect(await answer(connection, '/metrics')).not.toContain('worker');
    await until(() => program.log().length === 1);
    expect(program.log()[0]?.worker).toBeUndefined();
  });
});
