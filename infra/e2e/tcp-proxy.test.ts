import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { startTcpProxy } from './tcp-proxy.ts';

test('a wire carries bytes both ways, breaks when it is cut, and works again when it is mended', async () => {
  const echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const wire = await startTcpProxy((echo.address() as AddressInfo).port);
  const open = async () => {
    const socket = connect(wire.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write('hello');
    const closed = new Promise<string>((resolve) => socket.once('close', () => resolve('closed')));
    const heard = new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(String(bytes))));
    return { closed, first: await Promise.race([heard, closed]), end: () => socket.destroy() };
  };
  try {
    const before = await open();
    expect(before.first).toBe('hello');
    wire.cut();
    expect(await before.closed).toBe('closed');
    expect((await open()).first).toBe('closed');
    wire.mend();
    const after = await open();
    expect(after.first).toBe('hello');
    after.end();
  } finally {
    await wire.close();
    echo.close();
  }
});
