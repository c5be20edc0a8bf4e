import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BroadcastRegistry, TRANSCODER_BEAT_MS, TranscoderRoll } from '@awaz/infra/broadcasts';
import { type ChunkLogEntry, ChunkLogReader } from '@awaz/infra/chunk-log';
import { cutForPartTarget, parseLadder } from '@awaz/infra/contract';
import { ControlBus, type RedisHandle } from '@awaz/infra/redis';
import { createLogger, createRegistry, ReleaseStack } from '@awaz/infra/runtime';
import type { TestRedis } from '@awaz/infra/testkit';
import { Server } from 'socket.io';
import { createIngest, type Ingest, type PublisherAdmission } from '../ingest/index.ts';
import { StationStore } from '../stations/index.ts';

/** One API node with ingest only, on a port of its own. */
export type TestNode = {
  /** `host:port`. */
  readonly host: string;
  readonly handle: RedisHandle;
  readonly bus: ControlBus;
  readonly registry: BroadcastRegistry;
  readonly stations: StationStore;
  readonly ingest: Ingest;
  /** Makes a station; returns its stream key. */
  addStation(slug: string): Promise<string>;
  /** All of the chunk log of a station's current broadcast. */
  log(station: string): Promise<ChunkLogEntry[]>;
  /** Value of a metric, all labels summed; only those with the label value when one is given. */
  metric(name: string, label?: string): Promise<number>;
  /** May be called again. */
  close(): Promise<void>;
};

/** What may be different about a node. */
export type TestNodeOptions = { helloTimeoutMs?: number; admission?: PublisherAdmission };

/** Starts a node on a Redis. */
export async function startNode(redis: TestRedis, { admission, ...options }: TestNodeOptions = {}): Promise<TestNode> {
  const release = new ReleaseStack();
  const handle = redis.handle();
  release.defer(() => handle.close());
  const bus = release.use(new ControlBus(handle));
  const registry = new BroadcastRegistry(handle);
  const stations = new StationStore({ handle, bus, registry });
  const metrics = createRegistry('test');
  const config = { ladder: parseLadder('64k,128k'), cut: cutForPartTarget(192), trustProxy: false, ...options };
  const logger = createLogger('test', 'silent');
  const http = await listen(release);
  const io = new Server(http, { transports: ['websocket'], maxHttpBufferSize: 2 * 1_048_576, destroyUpgrade: false });
  release.defer(() => io.close());
  const ingest = release.use(createIngest({ handle, bus, registry, stations, admission, logger, metrics, config }));
  ingest.attachStudio(io);
  http.on('upgrade', (request, socket, head) => {
    if (request.url?.startsWith('/ingest/')) ingest.handleUpgrade(request, socket, head);
  });
  return {
    host: `127.0.0.1:${(http.address() as AddressInfo).port}`,
    handle,
    bus,
    registry,
    stations,
    ingest,
    addStation: async (slug) => {
      await stations.add({ slug });
      return (await stations.addKey(slug)).key;
    },
    log: async (station) => {
      const record = await registry.get(station);
      return record === undefined ? [] : new ChunkLogReader(handle, record).range('-', '+');
    },
    metric: async (name, label) => {
      const { values } = (await metrics.getSingleMetric(name)?.get()) ?? { values: [] };
      const counted = values.filter(({ labels }) => label === undefined || Object.values(labels).includes(label));
      return counted.reduce((sum, { value }) => sum + value, 0);
    },
    close: () => release.close(),
  };
}

async function listen(release: ReleaseStack): Promise<HttpServer> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  release.defer(() => http.closeAllConnections());
  return http;
}

/** Says that a transcoder lives, and ends broadcasts as one would once it reads the end marker. */
export async function startFakeTranscoder(redis: TestRedis, slots = 100): Promise<{ close(): Promise<void> }> {
  const release = new ReleaseStack();
  const handle = redis.handle();
  release.defer(() => handle.close());
  const bus = release.use(new ControlBus(handle));
  const registry = new BroadcastRegistry(handle);
  const roll = new TranscoderRoll(handle);
  const abort = new AbortController();
  release.defer(() => abort.abort());
  const beat = () => roll.beat({ id: 'fake', slots, busy: 0 });
  const timer = setInterval(() => beat().catch(() => undefined), TRANSCODER_BEAT_MS);
  release.defer(() => clearInterval(timer));
  bus.listen((message) => {
    if (message.type !== 'broadcast_started') return;
    const { station, broadcastId } = message;
    endWhenAsked(new ChunkLogReader(handle, message), abort.signal).then(
      async (reason) => {
        if (reason === undefined || !(await registry.end(station, broadcastId, reason))) return;
        await bus.publish({ type: 'broadcast_ended', station, broadcastId, reason });
      },
      () => undefined,
    );
  });
  await beat();
  return { close: () => release.close() };
}

async function endWhenAsked(reader: ChunkLogReader, signal: AbortSignal) {
  for await (const entries of reader.tail('0', signal)) {
    for (const entry of entries) if (entry.kind === 'end') return entry.reason;
  }
  return undefined;
}
