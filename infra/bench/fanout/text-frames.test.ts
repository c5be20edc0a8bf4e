import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { WebSocketServer } from 'ws';
import { clientFrame, FrameReader, OPCODES } from './text-frames.ts';

const UPGRADE = [
  ...['GET / HTTP/1.1', 'Host: localhost', 'Upgrade: websocket', 'Connection: Upgrade'],
  ...['Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13', '', ''],
].join('\r\n');

describe('text frames', () => {
  it('come through a real WebSocket server unchanged, whatever their size, and in order', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    server.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.write(UPGRADE);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(String(answer)).toMatch(/^HTTP\/1.1 101 /);
    const texts = ['', 'a', 'ü'.repeat(60), 'x'.repeat(126), 'y'.repeat(65_535), 'z'.repeat(70_000)];
    const back: string[] = [];
    const reader = new FrameReader((opcode, payload) => back.push(`${opcode}${payload}`));
    socket.on('data', (bytes) => reader.push(bytes));
    for (const text of texts) socket.write(clientFrame(text));
    while (back.length < texts.length) await once(socket, 'data');
    expect(back).toEqual(texts.map((text) => `${OPCODES.text}${text}`));
    socket.destroy();
    server.close();
  });

  it('are told apart when they come byte by byte', () => {
    const frames: string[] = [];
    const reader = new FrameReader((opcode, payload) => frames.push(`${opcode} ${payload}`));
    const bytes = Buffer.concat([
      Buffer.from([0x81, 2]),
      Buffer.from('ab'),
      Buffer.from([0x89, 0]),
      Buffer.from([0x81, 126, 0, 130]),
      Buffer.from('c'.repeat(130)),
    ]);
    for (const byte of bytes) reader.push(Buffer.from([byte]));
    expect(frames).toEqual(['1 ab', '9 ', `1 ${'c'.repeat(130)}`]);
  });
});
