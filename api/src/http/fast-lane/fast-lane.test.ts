import { connect, type Socket } from 'node:net';
import { Registry } from '@awaz/infra/runtime';
import { until } from '@awaz/infra/testkit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type LaneRequest, MAX_WAITING_BYTES } from './lane-connection.ts';
import { type LaneOptions, type LaneServer, startLaneServer } from './test/lane-pair.ts';

let server: LaneServer;
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await server.close();
});

/** A client that reads everything. */
function dial(): { socket: Socket; text: () => string; closed: () => boolean } {
  const socket = connect(server.port, '127.0.0.1');
  let text = '';
  let closed = false;
  socket.setEncoding('latin1');
  socket.on('data', (piece: string) => {
    text += piece;
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    closed = true;
  });
  sockets.push(socket);
  return { socket, text: () => text, closed: () => closed };
}

const ask = (target = '/live/a') => `GET ${target} HTTP/1.1\r\nHost: x\r\n\r\n`;
const answers = (text: string) => text.split('HTTP/1.1 200 OK\r\n').length - 1;

/** Keeps requests until the test answers them. */
async function startHolding(options: LaneOptions = {}): Promise<LaneRequest[]> {
  const held: LaneRequest[] = [];
  server = await startLaneServer({ onRequest: (request) => held.push(request), ...options });
  return held;
}

const reply = (text: string) => [Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`)];

describe('a connection on the fast lane', () => {
  it('is answered in the order of its requests, one at a time', async () => {
    const held = await startHolding();
    const targets: string[] = [];
    const { socket, text } = dial();
    socket.write(ask('/live/1') + ask('/live/2') + ask('/live/3'));
    for (let count = 1; count <= 3; count++) {
      await until(() => held.length === count, { what: `request ${count}` });
      targets.push(held[count - 1]?.target ?? '');
      held[count - 1]?.send(reply(String(count)), false);
    }
    await until(() => answers(text()) === 3);
    expect(targets).toEqual(['/live/1', '/live/2', '/live/3']);
    expect(text().replaceAll(/HTTP[\s\S]*?\r\n\r\n/g, '')).toBe('123');
  });

  it('tells whoever holds its request that the client has left', async () => {
    const held = await startHolding();
    const { socket } = dial();
    socket.write(ask());
    await until(() => held.length === 1);
    let left = 0;
    held[0]?.whenGone(() => left++);
    socket.destroy();
    await until(() => left === 1);
    expect(held[0]?.gone).toBe(true);
    held[0]?.send(reply('late'), false);
  });

  it('goes on after another request was handed over, with Node', async () => {
    server = await startLaneServer();
    const { socket, text } = dial();
    socket.write(ask());
    await until(() => answers(text()) === 1);
    socket.write('GET /other HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => answers(text()) === 2);
    socket.write(ask());
    await until(() => answers(text()) === 3);
    expect(server.laneRequests()).toBe(1);
    socket.write('POST /other HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n');
    socket.write(Buffer.alloc(100_000, 'GET /live/hidden HTTP/1.1\r\nHost: x\r\n\r\n'));
    await until(() => answers(text()) === 4);
    socket.write(ask());
    await until(() => answers(text()) === 5);
    expect(text()).not.toContain('hidden');
  });

  it('that is upgraded reaches whoever takes upgrades, with the bytes behind the request', async () => {
    server = await startLaneServer();
    const heads: string[] = [];
    server.server.on('upgrade', (_req, socket, head: Buffer) => {
      heads.push(head.toString());
      socket.on('data', (piece: Buffer) => heads.push(piece.toString()));
      socket.write('taken');
    });
    const { socket, text } = dial();
    const upgrade = 'GET /live/a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfirst';
    socket.write(ask() + upgrade);
    await until(() => text().endsWith('taken'));
    socket.write(' second');
    await until(() => heads.join('') === 'first second');
    expect(server.laneRequests()).toBe(1);
  });

  it('keeps few bytes of a client that asks ahead, and loses none of its requests', async () => {
    const held = await startHolding();
    const { socket, text } = dial();
    const many = Math.ceil((40 * MAX_WAITING_BYTES) / ask().length);
    socket.write(ask().repeat(many));
    await until(() => held.length === 1);
    const [inside] = server.sockets();
    await until(() => inside?.isPaused() === true, { what: 'the socket is read no further' });
    for (let answered = 0; answered < many; answered++) {
      await until(() => held.length > answered);
      held[answered]?.send(reply('x'), false);
    }
    await until(() => answers(text()) === many);
  });

  it('does not answer a client that reads nothing any faster than it reads', async () => {
    const held = await startHolding({ idleMs: 200, headMs: 200, lookMs: 20 });
    const { socket, closed } = dial();
    socket.pause();
    socket.write(ask().repeat(500));
    const big = Buffer.alloc(1_000_000);
    for (let answered = 0; answered < 500; answered++) {
      const came = await until(() => held.length > answered, { timeoutMs: 400 }).catch(() => false);
      if (!came) break;
      held[answered]?.send([big], false);
    }
    expect(held.length).toBeLessThan(50);
    // It is cut off, and alone.
    await until(() => server.sockets().length === 0, { what: 'the connection is gone' });
    socket.resume();
    await until(closed);
    const other = dial();
    const before = held.length;
    other.socket.write(ask());
    await until(() => held.length === before + 1);
  });

  it('that sends its request too slowly gets 408, and one that is idle for too long is closed', async () => {
    server = await startLaneServer({ headMs: 100, idleMs: 300, lookMs: 20 });
    const slow = dial();
    const silent = dial();
    const idle = dial();
    slow.socket.write('GET /live/a HTTP/1.1\r\nHost');
    idle.socket.write(ask());
    await until(() => slow.closed() && silent.closed());
    expect(slow.text()).toBe('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n');
    await until(idle.closed);
    expect(answers(idle.text())).toBe(1);
    expect(idle.text()).not.toContain('408');
  });

  it('that drips bytes does not gain time by it', async () => {
    server = await startLaneServer({ headMs: 200, idleMs: 10_000, lookMs: 20 });
    const { socket, closed, text } = dial();
    socket.write(ask());
    await until(() => answers(text()) === 1);
    const drip = setInterval(() => socket.write('G'), 30);
    socket.write('GET /live/');
    await until(closed).finally(() => clearInterval(drip));
    expect(text()).toContain('408');
  });

  it('ends with an answer that goes on for ever when its client leaves', async () => {
    const held = await startHolding({ idleMs: 100, headMs: 100, lookMs: 20 });
    const { socket, text } = dial();
    socket.write(ask());
    await until(() => held.length === 1);
    let left = 0;
    const stream = held[0]?.begin(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'));
    held[0]?.whenGone(() => left++);
    stream?.write('one');
    await until(() => text().endsWith('one'));
    socket.write(ask('/live/what-is-said-now-has-no-meaning'));
    await new Promise((resolve) => setTimeout(resolve, 300));
    stream?.write('two');
    await until(() => text().endsWith('onetwo'));
    expect(held).toHaveLength(1);
    socket.destroy();
    await until(() => left === 1);
  });

  it('is closed at once when the server goes down, or with the answer that is due', async () => {
    const held = await startHolding();
    const [idle, busy, fresh] = [dial(), dial(), dial()];
    idle.socket.write(ask());
    await until(() => held.length === 1);
    held[0]?.send(reply('one'), false);
    await until(() => answers(idle.text()) === 1);
    busy.socket.write(ask());
    await until(() => held.length === 2);
    await until(() => server.sockets().length === 3);
    server.lane?.closeIdle();
    await until(() => idle.closed() && fresh.closed());
    expect(busy.closed()).toBe(false);
    held[1]?.send(reply('last'), true);
    await until(busy.closed);
    expect(busy.text().endsWith('last')).toBe(true);
  });

  it('is counted, and so is the one that is handed over', async () => {
    const metrics = new Registry();
    server = await startLaneServer({ metrics });
    const { socket, text } = dial();
    socket.write(ask());
    await until(() => answers(text()) === 1);
    expect(await metrics.metrics()).toMatch(/awaz_http_fast_lane_connections 1\n[\s\S]*handed_over_total 0/);
    socket.write('HEAD /live/a HTTP/1.1\r\nHost: x\r\n\r\n');
    await until(() => answers(text()) === 2);
    expect(await metrics.metrics()).toMatch(/awaz_http_fast_lane_connections 0\n[\s\S]*handed_over_total 1/);
  });
});
