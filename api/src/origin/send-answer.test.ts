import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Answer } from './answer.ts';
import { sendAnswer } from './send-answer.ts';

const SMALL = new Answer(200, ['X-Kind', 'small'], Buffer.from('small'));
const LARGE = new Answer(200, ['X-Kind', 'large'], Buffer.alloc(300_000, 'l'));

let server: Server;
let port: number;

beforeEach(async () => {
  server = createServer((req, res) => {
    const send = () => sendAnswer(req, res, req.url === '/large' ? LARGE : SMALL);
    if (req.url === '/late')
      turn()
        .then(() => turn())
        .then(send, send);
    else send();
  });
  server.keepAliveTimeout = 65_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Sends raw text and reads until `enough` or the end of the connection. */
function talk(text: string, enough: (read: string) => boolean): Promise<{ read: string; ended: boolean }> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    let read = '';
    socket.setEncoding('latin1');
    socket.on('data', (piece: string) => {
      read += piece;
      if (!enough(read)) return;
      socket.destroy();
      resolve({ read, ended: false });
    });
    socket.on('end', () => resolve({ read, ended: true }));
    socket.on('error', reject);
  });
}

const ask = (path: string, extra = '', line = `GET ${path} HTTP/1.1`) => `${line}\r\nHost: x\r\n${extra}\r\n`;
const bodies = (read: string) => read.split('HTTP/1.1 200 OK\r\n').slice(1);

describe('an answer', () => {
  it('goes out as ready bytes and leaves the connection open for the next', async () => {
    const { read, ended } = await talk(ask('/small') + ask('/small'), (text) => text.split('small').length === 5);
    expect(ended).toBe(false);
    expect(read.replaceAll(/Date: [^\r]+/g, 'Date: now')).toBe(
      'HTTP/1.1 200 OK\r\nX-Kind: small\r\nContent-Length: 5\r\nDate: now\r\nConnection: keep-alive\r\n' +
        'Keep-Alive: timeout=65\r\n\r\nsmall'.concat(
          'HTTP/1.1 200 OK\r\nX-Kind: small\r\nContent-Length: 5\r\nDate: now\r\nConnection: keep-alive\r\n',
          'Keep-Alive: timeout=65\r\n\r\nsmall',
        ),
    );
  });

  it('keeps its place when requests come before the answers to those before them', async () => {
    const text = ask('/late') + ask('/large') + ask('/late') + ask('/small') + ask('/large');
    const { read } = await talk(
      text,
      (sofar) => sofar.length > 600_000 && sofar.endsWith('lll') && bodies(sofar).length === 5,
    );
    expect(bodies(read).map((body) => body.slice(0, 13))).toEqual(
      ['small', 'large', 'small', 'small', 'large'].map((kind) => `X-Kind: ${kind}`),
    );
    expect(bodies(read).map((body) => body.length - body.indexOf('\r\n\r\n') - 4)).toEqual([5, 300_000, 5, 5, 300_000]);
  });

  it('closes the connection when the client wants that, after the whole body', async () => {
    for (const path of ['/large', '/late']) {
      const { read, ended } = await talk(ask(path, 'Connection: close\r\n'), () => false);
      expect(ended).toBe(true);
      expect(read).toContain('Connection: close\r\n');
      expect(read.length - read.indexOf('\r\n\r\n') - 4).toBe(path === '/large' ? 300_000 : 5);
    }
  });

  it('to an old client closes the connection', async () => {
    const { read, ended } = await talk(ask('/small', '', 'GET /small HTTP/1.0'), () => false);
    expect(ended).toBe(true);
    expect(read.endsWith('\r\n\r\nsmall')).toBe(true);
  });

  it('to HEAD has no body, and the next answer follows at once', async () => {
    const { read } = await talk(ask('/large', '', 'HEAD /large HTTP/1.1') + ask('/small'), (text) =>
      text.endsWith('small'),
    );
    expect(bodies(read)[0]).toContain('Content-Length: 300000\r\n');
    expect(bodies(read)[0]?.endsWith('\r\n\r\n')).toBe(true);
  });

  it('after its client went away is not written', async () => {
    await talk(ask('/late'), () => true).catch(() => undefined);
    const socket = connect(port, '127.0.0.1');
    socket.write(ask('/late'), () => socket.destroy());
    await new Promise((resolve) => socket.on('close', resolve));
    const { read } = await talk(ask('/small'), (text) => text.endsWith('small'));
    expect(bodies(read)).toHaveLength(1);
  });
});
