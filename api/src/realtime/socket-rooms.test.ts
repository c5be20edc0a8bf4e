import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EventFeed, EventLog } from '@awaz/infra/events';
import { ReleaseStack } from '@awaz/infra/runtime';
import { startTestRedis, type TestRedis, until } from '@awaz/infra/testkit';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Server } from 'socket.io';
import { connectLive } from '../test/live-client.ts';
import type { LiveSources } from './live-sources.ts';
import { Memberships } from './memberships.ts';
import { SocketRooms } from './socket-rooms.ts';
import type { LiveServer, LiveSocket } from './socket-types.ts';

let redis: TestRedis;
let release = new ReleaseStack();

beforeAll(async () => {
  redis = await startTestRedis();
});
afterEach(async () => {
  await release.close();
  release = new ReleaseStack();
});
afterAll(() => redis.close());

type Told = { [Name in 'listeners' | 'likes' | 'quality']?: (value: never) => void };

/** Rooms on a Socket.IO server, with sources that tell when the test wants it, and one client of it. */
async function openRooms() {
  const http = createServer();
  const io = new Server(http, { transports: ['websocket'] }) as LiveServer;
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  release.defer(() => io.close());
  const told: Told = {};
  const watch = (name: keyof Told) => (_station: string, listener: (value: never) => void) => {
    told[name] = listener;
    return () => undefined;
  };
  const sources = {
    listeners: { watch: watch('listeners'), count: () => Promise.reject(new Error('not asked')) },
    likes: { watch: watch('likes'), count: () => Promise.reject(new Error('not asked')) },
    quality: { watch: watch('quality') },
  } as unknown as LiveSources;
  const handle = redis.handle();
  const feed = release.use(new EventFeed({ handle }));
  const rooms = new SocketRooms({
    feed,
    sources,
    namespaces: [io.of('/')],
    metrics: { delay: { observe: () => 0 } } as never,
  });
  const memberships = new Memberships({ feed, log: new EventLog(handle), rooms });
  const socket = new Promise<LiveSocket>((resolve) => io.of('/').once('connection', resolve));
  const client = await connectLive(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  release.defer(() => client.close());
  const heard: [string, Record<string, unknown>][] = [];
  client.socket.onAny((event: string, body: Record<string, unknown>) => heard.push([event, body]));
  const tellAll = (count: number) => {
    told.listeners?.({ count, peak: count, exact: true } as never);
    told.likes?.({ count, at: count } as never);
    told.quality?.({ encoder: { delayMs: count } } as never);
  };
  return { memberships, socket: await socket, heard, tellAll };
}

const answer = () => undefined;
const values = ['stream:listeners', 'interaction:like', 'stream:quality'];

describe('newest values', () => {
  it('reach a socket that still sends the one before', async () => {
    const { memberships, socket, heard, tellAll } = await openRooms();
    await memberships.enter(socket, { topic: 'radio', read: async () => ({}), answer, isStaff: true });
    tellAll(1);
    tellAll(2);
    await until(() => heard.length === 6, { what: 'all six are heard' });
    expect(heard.map(([event]) => event)).toEqual([...values, ...values]);
    expect(heard.at(-2)?.[1]).toMatchObject({ station: 'radio', count: 2 });
  });

  it('reach a socket that enters while they are told', async () => {
    const { memberships, socket, heard, tellAll } = await openRooms();
    const read = async () => {
      tellAll(3);
      tellAll(4);
      return {};
    };
    await memberships.enter(socket, { topic: 'radio', read, answer });
    await until(() => heard.length === 2, { what: 'what everybody may hear is heard' });
    expect(heard.map(([event, { count }]) => [event, count])).toEqual([
      ['stream:listeners', 4],
      ['interaction:like', 4],
    ]);
    await memberships.enter(socket, { topic: 'radio', read: async () => ({}), answer });
    tellAll(5);
    await until(() => heard.length === 4, { what: 'nothing old is told again' });
    expect(heard.slice(2).map(([, { count }]) => count)).toEqual([5, 5]);
  });
});
