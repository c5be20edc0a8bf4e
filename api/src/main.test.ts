import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startTestRedis, type TestRedis, tempDir } from '@awaz/infra/testkit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { get } from './origin/test/origin-server.ts';

const MAIN = fileURLToPath(new URL('./main.js', import.meta.url));
let redis: TestRedis;

beforeAll(async () => {
  redis = await startTestRedis();
});
afterAll(() => redis.close());

async function run(env: Record<string, string>) {
  const folder = await tempDir();
  const child = fork(MAIN, { env, silent: true, cwd: folder.path });
  let errors = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  child.stdout?.resume();
  const exited = once(child, 'exit').then(async ([code]) => {
    await folder.close();
    return code as number | null;
  });
  return { child, exited, errors: () => errors };
}

describe('the api program', () => {
  it('tells who started it on which port it listens, and ends with 0 after SIGTERM', async () => {
    const { child, exited } = await run({ REDIS_URL: redis.url, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn' });
    const [message] = await once(child, 'message');
    expect(message).toEqual({ type: 'listening', port: expect.any(Number) });
    expect((await get((message as { port: number }).port, '/healthz')).status).toBe(200);
    child.kill('SIGTERM');
    expect(await exited).toBe(0);
  });

  it('ends when the program that started it is gone', async () => {
    const { child, exited } = await run({ REDIS_URL: redis.url, PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn' });
    await once(child, 'message');
    child.disconnect();
    expect(await exited).toBe(0);
  });

  it('names every fault of its environment at once and does not start', async () => {
    const { exited, errors } = await run({ PORT: '99999', LADDER: '3k', TRUST_PROXY: 'maybe' });
    expect(await exited).toBe(1);
    for (const name of ['REDIS_URL', 'PORT', 'LADDER', 'TRUST_PROXY']) expect(errors()).toContain(`  ${name}: `);
  });
});
