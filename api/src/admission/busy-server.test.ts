import { Agent, request } from 'node:http';
import { BroadcastRegistry, TranscoderRoll } from '@awaz/infra/broadcasts';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { MadeUpBroadcast } from '../origin/test/made-up-broadcast.ts';
import { get } from '../origin/test/origin-server.ts';
import { type ApiProgram, startApiProgram } from '../test/api-program.ts';

let redis: TestRedis;
let program: ApiProgram;

beforeAll(async () => {
  redis = await startTestRedis();
  program = await startApiProgram({ REDIS_URL: redis.url, ORIGIN_WORKERS: '1', MAX_CPU_PERCENT: '30' });
});
afterAll(async () => {
  await program.close();
  await redis.close();
});

/** Asks for a page again and again over so many connections, until told to stop. */
function flood(port: number, connections: number): () => void {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let stopped = false;
  const ask = () => {
    if (stopped) return;
    const asked = request({ port, agent, host: '127.0.0.1', path: '/api/v1/openapi.json' }, (res) => {
      res.resume();
      res.once('close', ask);
    });
    asked.on('error', ask);
    asked.end();
  };
  for (let i = 0; i < connections; i++) ask();
  return () => {
    stopped = true;
    agent.destroy();
  };
}

it('a server that is too busy says so, refuses newcomers, serves who is there, and recovers', async () => {
  const handle = redis.handle();
  const port = await program.listening();
  const broadcast = await MadeUpBroadcast.onAir(handle, { station: 'busy', parts: 3 });
  const roll = new TranscoderRoll(handle);
  const beat = setInterval(() => void roll.beat({ id: 'test', slots: 9, busy: 1 }), 500);
  const index = '/live/busy/index.m3u8';
  const part = (session: string) => `/live/busy/${session}/${broadcast.record.broadcastId}/64k/3.1.m4s`;
  const readiness = async () => {
    const { status, text } = await get(port, '/readyz');
    return { status, ...(JSON.parse(text) as { reasons: string[] }) };
  };
  try {
    await until(async () => (await readiness()).status === 200, { timeoutMs: 60_000, what: 'it is ready' });
    const [, session = ''] = /^(~[\w-]{22})\//m.exec((await get(port, index)).text) ?? [];
    const stop = flood(port, 16);
    try {
      const listening = async () => {
        expect((await get(port, part(session))).status).toBe(200);
        return (await readiness()).reasons.includes('busy');
      };
      await until(listening, { timeoutMs: 60_000, everyMs: 200, what: 'it is busy' });
      const refused = await get(port, index);
      expect([refused.status, JSON.parse(refused.text).code]).toEqual([503, 'server_full']);
      expect(refused.headers['retry-after']).toBe('10');
      expect((await get(port, `${index}?session=${session}`)).status).toBe(200);
    } finally {
      stop();
    }
    await until(async () => (await readiness()).status === 200, {
      timeoutMs: 90_000,
      everyMs: 200,
      what: 'it recovers',
    });
    expect((await get(port, index)).status).toBe(200);
    expect((await new BroadcastRegistry(handle).get('busy'))?.state).toBe('live');
    const metrics = (await get(port, '/metrics')).text;
    expect(metrics).toMatch(/awaz_admission_refused_total\{kind="listener",reason="busy",program="api"\} [1-9]/);
    expect(metrics).toMatch(/awaz_event_loop_utilization\{program="api"\} 0\.\d+/);
  } finally {
    clearInterval(beat);
  }
}, 240_000);
