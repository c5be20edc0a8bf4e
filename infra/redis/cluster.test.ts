import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventFeed, EventLog } from '../events/index.ts';
import { startTestRedisCluster, type TestRedisCluster, until } from '../testkit/index.ts';
import { ControlBus, RedisHandle, Script, stationKeys, tailStream } from './index.ts';

let cluster: TestRedisCluster;
let handle: RedisHandle;

beforeAll(async () => {
  cluster = await startTestRedisCluster();
  handle = cluster.handle();
}, 30_000);

afterAll(() => cluster.close());

/** Stations whose keys are on all three nodes, with a wide margin. */
const STATIONS = Array.from({ length: 12 }, (_, index) => `station-${index}`);

describe('a Redis Cluster', () => {
  it('takes scripts on all keys of a station, wherever they are', async () => {
    const script = new Script<number>(
      "redis.call('HSET', KEYS[1], 'title', ARGV[1]) return redis.call('INCR', KEYS[2])",
    );
    const run = (station: string) => {
      const { station: record, fence } = stationKeys(station);
      return script.run(handle.commands, [record, fence], [station]);
    };
    expect(await Promise.all(STATIONS.map(run))).toEqual(STATIONS.map(() => 1));
    const titles = STATIONS.map((station) => handle.commands.hget(stationKeys(station).station, 'title'));
    expect(await Promise.all(titles)).toEqual(STATIONS);
  });

  it('is tailed at the node of the stream', async () => {
    const abort = new AbortController();
    for (const station of STATIONS.slice(0, 4)) {
      const { events: key } = stationKeys(station);
      const tail = tailStream(handle, { key, afterId: '0', signal: abort.signal });
      const first = tail.next();
      await handle.commands.xadd(key, '1-0', 'name', station);
      expect((await first).value?.[0]?.fields.get('name')?.toString()).toBe(station);
      await tail.return(undefined);
    }
  });

  it('brings messages and kept events to everybody, also after the crash of any node', async () => {
    const other = cluster.handle();
    const bus = new ControlBus(other);
    const feed = new EventFeed({ handle: other });
    const log = new EventLog(handle);
    const heard: string[] = [];
    bus.listen(({ type }) => heard.push(type));
    const told: number[] = [];
    await feed.follow('kept', ({ body }) => told.push((body as { at: number }).at));
    const speaker = new ControlBus(handle);
    const say = () => speaker.publish({ type: 'station_changed', station: 'kept' });
    await until(() => say().then(() => heard.length > 0), { what: 'a message is heard' });
    const append = (at: number) =>
      log.append('kept', 'stream:stopped', { broadcastId: 'b', reason: 'ended_by_owner', at });
    await append(0);
    for (const node of [0, 1, 2]) {
      await cluster.crash(node);
      await until(() => append(node + 1).then(Boolean, () => false), { what: 'the cluster takes events again' });
      await until(() => told.includes(node + 1), { what: 'the event is told' });
      heard.length = 0;
      await until(
        () =>
          say().then(
            () => heard.length > 0,
            () => false,
          ),
        { what: 'a message is heard' },
      );
    }
    expect([...new Set(told)]).toEqual([0, 1, 2, 3]);
    feed.close();
    for (const each of [bus, speaker]) each.close();
  }, 60_000);

  it('fails prompt commands soon, and lets a handle close, when no node answers', async () => {
    const away = new RedisHandle('redis-cluster://127.0.0.1:1,127.0.0.1:2');
    const patient = away.connect('patient').get('x');
    const answer = expect(patient).rejects.toThrow();
    await expect(away.commands.get('x')).rejects.toThrow('Command timed out');
    await away.close();
    await answer;
  });
});
