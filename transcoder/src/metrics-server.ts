import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry, Service } from '@awaz/infra/runtime';

/** Answers `/healthz` and `/metrics` of this program on 127.0.0.1; `port` 0 takes a free one. Close it when done. */
export async function startMetricsServer(port: number, registry: Registry): Promise<Service & { port: number }> {
  const server = createServer((request, response) => {
    if (request.url === '/healthz') return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end('ok\n');
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'Content-Type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
