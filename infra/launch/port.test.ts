import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { freePort } from './port.ts';

test('a taken port is refused with the command that takes another one', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const refused = await freePort('127.0.0.1', port).catch((error: Error) => error.message);
  const proposed = Number(/PORT=(\d+) npm start$/.exec(String(refused))?.[1]);
  expect(refused).toContain(`Port ${port} is in use`);
  expect(proposed).toBeGreaterThan(port);
  expect(await freePort('127.0.0.1', proposed)).toBe(proposed);
  other.close();
});

test('port 0 becomes a free port', async () => {
  expect(await freePort('127.0.0.1', 0)).toBeGreaterThan(1023);
});

test('an address of another machine is refused as such', async () => {
  await expect(freePort('192.0.2.1', 0)).rejects.toThrow('HOST=192.0.2.1 is no address of this machine.');
});
