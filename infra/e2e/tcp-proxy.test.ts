import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { pause } from '../runtime/index.ts';
import { until } from '../testkit/index.ts';
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

test('a wire that hangs breaks nothing and goes on when it is mended; a narrow one takes its time', async () => {
  const echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const wire = await startTcpProxy((echo.address() as AddressInfo).port);
  const socket = connect(wire.port, '127.0.0.1');
  let heard = 0;
  socket.on('data', (bytes) => {
    heard += bytes.length;
  });
  const hearing = (bytes: number) => until(() => heard >= bytes);
  try {
    socket.write('hello');
    await hearing(5);
    wire.hang();
    socket.write('hello');
    await pause(100);
    expect([heard, socket.destroyed]).toEqual([5, false]);
    wire.mend();
    await hearing(10);
    wire.narrow(5000);
    const before = performance.now();
    socket.write(Buffer.alloc(1500));
    await hearing(1510);
    expect(performance.now() - before).toBeGreaterThan(200);
  } finally {
    socket.destroy();
    await wire.close();
    echo.close();
  }
});
