import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect } from 'node:net';
import { createLogger, Registry } from '@awaz/infra/runtime';
import { until } from '@awaz/infra/testkit';
import { expect, it } from '@jest/globals';
import { listen } from './http-server.ts';

it('closes connections beyond its cap, counts them, and serves those it has', async () => {
  const metrics = new Registry();
  const http = await listen({
    host: '127.0.0.1',
    port: 0,
    keepAliveMs: 5000,
    onRequest: (_, res) => void res.end('served'),
    onUpgrade: (_, socket) => void socket.destroy(),
    metrics,
    logger: createLogger('http-test', 'silent'),
    maxConnections: 2,
  });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const statusOf = () =>
    new Promise<number | undefined>((resolve, reject) => {
      get({ host: '127.0.0.1', port: http.port, agent }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode));
      }).on('error', reject);
    });
  expect(await statusOf()).toBe(200);
  const second = connect(http.port, '127.0.0.1');
  await once(second, 'connect');
  await until(async () => (await metrics.metrics()).includes('awaz_http_connections 2'));
  const third = connect(http.port, '127.0.0.1');
  third.on('error', () => undefined); // a reset is as good as an end
  await once(third, 'close');
  expect(await metrics.metrics()).toContain('awaz_http_dropped_connections_total 1');
  expect(await statusOf()).toBe(200);
  second.destroy();
  await until(async () => (await metrics.metrics()).includes('awaz_http_connections 1'));
  const fourth = connect(http.port, '127.0.0.1');
  await once(fourth, 'connect');
  await until(async () => (await metrics.metrics()).includes('awaz_http_connections 2'));
  fourth.destroy();
  agent.destroy();
  await http.close();
});
