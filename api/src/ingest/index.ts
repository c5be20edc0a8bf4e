import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { AlarmBoard } from '@awaz/infra/alarms';
import { type BroadcastRegistry, TranscoderRoll } from '@awaz/infra/broadcasts';
import { AwazError, type Cut, type Rung } from '@awaz/infra/contract';
import { QualityBoard } from '@awaz/infra/quality';
import type { ControlBus, RedisHandle } from '@awaz/infra/redis';
import type { Logger, Registry } from '@awaz/infra/runtime';
import { TitleRequests } from '@awaz/infra/titles';
import type { Server } from 'socket.io';
import { PublisherAuth, type StreamKeySource } from '../auth/index.ts';
import type { TakeSource } from '../http/source-door.ts';
import { BroadcastJobs } from './broadcast-jobs.ts';
import { icecastEntrance } from './icecast/icecast-ingest.ts';
import type { IngestLink } from './ingest-link.ts';
import { IngestMetrics } from './ingest-metrics.ts';
import { type IngestClaim, type IngestContext, IngestSession } from './ingest-session.ts';
import type { ProfileSource } from './profile-source.ts';
import { type PublisherAdmission, UNLIMITED } from './publisher-admission.ts';
import { RefusalLog } from './refusal-log.ts';
import { attachStudio } from './studio-ingest.ts';
import { WebsocketIngest } from './websocket-ingest.ts';

export type { PublisherAdmission } from './publisher-admission.ts';

/** How ingest behaves. */
export type IngestConfig = {
  /** Renditions of new broadcasts. */
  ladder: Rung[];
  /** Parts and segments of new broadcasts of stations without a profile of their own. */
  cut: Cut;
  /** Whether new broadcasts are recorded, and at which bitrate at most; they are not when left out. */
  archive?: { on: boolean; maxKbps?: number | undefined };
  /** Whether `X-Forwarded-For` is to be believed. */
  trustProxy: boolean;
  /** How long the first message may take, in ms; 10 s when left out. */
  helloTimeoutMs?: number;
};

/** What ingest needs. */
export type IngestOptions = {
  handle: RedisHandle;
  bus: ControlBus;
  registry: BroadcastRegistry;
  /** Where stream keys and profiles are looked up. */
  stations: StreamKeySource & ProfileSource;
  /** Decides who may publish; by stream keys alone when left out. */
  auth?: PublisherAuth;
  /** Decides whether this node takes another publisher; it takes all when left out. */
  admission?: PublisherAdmission | undefined;
  logger: Logger;
  metrics: Registry;
  config: IngestConfig;
};

/** The entrance for owners' audio. */
export type Ingest = {
  /** Takes over a socket that asked for an upgrade at `/ingest/{station}`. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Takes over the connection of an Icecast source client; see `openSourceDoor`. */
  takeSource: TakeSource;
  /** Serves the ingest events of namespace `/studio`. Its `maxHttpBufferSize` has to be over 1 MiB. */
  attachStudio(io: Server): void;
  /** Sends all owners away (they may connect to another node at once) and gives their leases back. May be repeated. */
  close(): Promise<void>;
};

const HELLO_TIMEOUT_MS = 10_000;

/** Opens the entrance for owners' audio. */
export function createIngest(options: IngestOptions): Ingest {
  const { handle, bus, registry, stations, logger, metrics, config } = options;
  const { ladder, cut, archive, trustProxy, helloTimeoutMs = HELLO_TIMEOUT_MS } = config;
  const jobs = new BroadcastJobs(handle);
  const context: IngestContext = {
    handle,
    bus,
    registry,
    stations,
    roll: new TranscoderRoll(handle),
    jobs,
    admission: options.admission ?? UNLIMITED,
    ladder,
    cut,
    ...(archive === undefined ? {} : { archive }),
    auth: options.auth ?? new PublisherAuth(stations),
    metrics: new IngestMetrics(metrics),
    titles: new TitleRequests(handle),
    refusals: new RefusalLog(),
    quality: new QualityBoard(handle),
    alarms: new AlarmBoard(handle),
    logger,
    helloTimeoutMs,
  };
  const sessions = new Set<IngestSession>();
  const goingDown = new AwazError('server_going_down');
  let closing: Promise<void> | undefined;
  const begin = (link: IngestLink, claim: IngestClaim) => {
    const session = new IngestSession({ context, link, claim });
    sessions.add(session);
    session.done.finally(() => sessions.delete(session)).catch((error: unknown) => logger.error({ err: error }));
    if (closing !== undefined) session.stop(goingDown);
    return session;
  };
  const stopListening = bus.listen((message) => {
    for (const session of sessions) session.heard(message);
  });
  const websocket = new WebsocketIngest({ begin, trustProxy });
  const close = async () => {
    for (const session of sessions) session.stop(goingDown);
    await Promise.allSettled([...sessions].map((session) => session.done));
    stopListening();
    await jobs.close();
  };
  return {
    handleUpgrade: (request, socket, head) => websocket.handleUpgrade(request, socket, head),
    takeSource: icecastEntrance({ begin, trustProxy }),
    attachStudio: (io) => attachStudio(io, { begin, trustProxy }),
    close: () => {
      closing ??= close();
      return closing;
    },
  };
}
