import { createServer, type Server } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { TEST_CERTIFICATES, TEST_KEY } from '@awaz/infra/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { WireAnswer } from './http-port.ts';
import { NodeHttp } from './node-http.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).reverse()) close();
});

const never = () => new AbortController().signal;

async function started(server: Server | Http2SecureServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => void server.close());
  return (server.address() as AddressInfo).port;
}

function client(): NodeHttp {
  const http = new NodeHttp({ insecure: true });
  closers.push(() => http.close());
  return http;
}

async function read({ body }: WireAnswer): Promise<string> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

describe('requests of the checker', () => {
  it('are sent over HTTP/1.1 as they are, and redirects are not followed', async () => {
    const port = await started(
      createServer((req, res) => {
        if (req.url === '/moved') res.writeHead(302, { location: '/' }).end();
        else res.writeHead(200, { 'x-seen': `${req.method} ${req.headers['accept-encoding']}` }).end('hello');
      }),
    );
    const http = client();
    const base = `http://127.0.0.1:${port}`;
    const answer = await http.send({ method: 'GET', url: `${base}/`, headers: { 'accept-encoding': 'gzip' } }, never());
    expect({ ...answer, headers: answer.headers['x-seen'], body: await read(answer) }).toEqual({
      status: 200,
      protocol: 'http/1.1',
      headers: 'GET gzip',
      body: 'hello',
    });
    expect((await http.send({ method: 'GET', url: `${base}/moved`, headers: {} }, never())).status).toBe(302);
    expect(await http.inspect(`${base}/`, never())).toEqual({
      protocol: 'http/1.1',
      tls: undefined,
      pingAnswered: undefined,
    });
  });

  it('use HTTP/2 where a server offers it, and see its PING and its version of TLS', async () => {
    const port = await started(
      createSecureServer({ key: TEST_KEY, cert: TEST_CERTIFICATES.first }, (_, res) => {
        res.writeHead(200, { priority: 'u=1' }).end('hello');
      }),
    );
    const http = client();
    const url = `https://127.0.0.1:${port}/`;
    const answer = await http.send({ method: 'GET', url, headers: {} }, never());
    expect([answer.protocol, answer.headers.priority, await read(answer)]).toEqual(['h2', 'u=1', 'hello']);
    expect(await http.inspect(url, never())).toEqual({ protocol: 'h2', tls: 'TLSv1.3', pingAnswered: true });
  });

  it('end when their signal aborts', async () => {
    const port = await started(createServer(() => undefined));
    const stop = new AbortController();
    const answer = client().send({ method: 'GET', url: `http://127.0.0.1:${port}/`, headers: {} }, stop.signal);
    stop.abort();
    await expect(answer).rejects.toThrow();
  });
});
