import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BroadcastRegistry, TranscoderRoll } from '@awaz/infra/broadcasts';
import { actorOf, type HeartbeatReport } from '@awaz/infra/contract';
import { FolderArchive, RecordingIndex } from '@awaz/infra/recordings';
import { ControlBus, logOutages, RedisHandle } from '@awaz/infra/redis';
import { createRegistry, type Logger, type Registry, ReleaseStack, type Service } from '@awaz/infra/runtime';
import { TitleRequests } from '@awaz/infra/titles';
import { type AccountServices, createAccountServices } from './account-services.ts';
import { ensureAdmin, keepEnsuringAdmin } from './accounts/index.ts';
import { Admission } from './admission/index.ts';
import { createApp } from './app.ts';
import { ArtworkStore, artworkRouter } from './artwork/index.ts';
import { type ChatServices, createChatServices } from './chat/index.ts';
import type { ApiConfig } from './config.ts';
import type { LaneRequest } from './http/fast-lane/lane-connection.ts';
import type { MetricsText } from './http/health-router.ts';
import { type HttpServer, listen } from './http/http-server.ts';
import type { SocketOrigins } from './http/socket-origin.ts';
import { createSocketServer, SOCKET_PATH, type SocketServer } from './http/socket-server.ts';
import { dispatchUpgrades } from './http/upgrades.ts';
import { createIngest, type Ingest } from './ingest/index.ts';
import { Likes } from './likes/index.ts';
import { ListenGrants, ListenGuard, ListenTokens } from './listen-access/index.ts';
import { ProgrammeService } from './metadata/index.ts';
import { KEEP_ALIVE_SECONDS, LIVE_PREFIX, Origin, type OriginLimits } from './origin/index.ts';
import { Presence } from './presence/index.ts';
import { StreamQualities } from './quality/index.ts';
import { createClusterAdapter, Realtime, type RealtimeLimits } from './realtime/index.ts';
import { recordingRouter } from './recordings/index.ts';
import { allRoutes } from './routes.ts';
import { sourceTitlesRouter } from './source-titles.ts';
import { StationPeople, StationStore } from './stations/index.ts';
import { WebhookService } from './webhooks/index.ts';

/** Where the page build puts its files, seen from the built server. */
const PAGES_FOLDER = fileURLToPath(new URL('../../player/dist-pages', import.meta.url));

/** What a server that shares its port with others needs of them. */
export type SharedPort = {
  /** Hands over what this process counts; the answer is what `/metrics` shows for all of them. */
  share(own: Registry): MetricsText;
  /** Tells that everything is ready to listen and waits for the port to listen on. */
  turn(): Promise<number>;
};

/** How to start; tests give other places and limits. Without `sharedPort` the server is alone on its port. */
export type ServerOptions = {
  config: ApiConfig;
  logger: Logger;
  pagesFolder?: string;
  originLimits?: OriginLimits;
  /** Multiplies every rate limit. */
  limitScale?: number;
  realtimeLimits?: Partial<RealtimeLimits>;
  sharedPort?: SharedPort;
};

/** A running API. `close` takes nothing new, answers what is held, sends owners away and closes every connection. */
export type ApiServer = Service & { readonly port: number };

/** Starts the API: origin, ingest, Socket.IO, REST and pages on one port. Rejects when it cannot listen. */
export async function startServer(options: ServerOptions): Promise<ApiServer> {
  const releases = new ReleaseStack();
  try {
    const http = await assemble(options, releases);
    return { port: http.port, close: () => releases.close() };
  } catch (error) {
    await releases.close();
    throw error;
  }
}

async function assemble(
  { config, logger, sharedPort, ...places }: ServerOptions,
  releases: ReleaseStack,
): Promise<HttpServer> {
  const shared = openShared(config, logger, releases);
  const { handle, stations, metrics, qualities } = shared;
  const health = { handle, roll: new TranscoderRoll(handle), admission: () => shared.admission.state };
  let closing = false;
  const people = createAccountServices({ ...shared, logger, config, limitScale: places.limitScale });
  const { publishers, authenticator: callers } = people;
  releases.defer(nameAdmin(people, config, logger));
  const all = { ...shared, ...people, chats: createChats(people, shared) };
  const sources = { quality: qualities, heartbeat: (report: HeartbeatReport) => qualities.heard(report) };
  const grants = new ListenGrants({ ...shared, ...people, accounts: people.store, standings: stations });
  const live = { ...all, ...config, grants, sources, realtimeLimits: places.realtimeLimits };
  const realtime = new Realtime({ ...live, logger: logger.child({ area: 'realtime' }) });
  const app = createApp({
    ...config,
    metrics,
    rest: { routes: allRoutes(all), callers, standings: stations, grants, handle, limits: people.limits },
    events: realtime.router,
    sourceTitles: sourceTitlesRouter({ ...people, ...config, programmes: shared.programmes }),
    ...{ artwork: artworkRouter(shared.artworks), recorded: recordingRouter({ ...shared, grants }) },
    httpsOnly: config.tls !== undefined || config.publicUrl?.startsWith('https:') === true,
    logger,
    health: { ...health, metrics: sharedPort?.share(metrics) ?? metrics, isClosing: () => closing },
    pagesFolder: places.pagesFolder ?? PAGES_FOLDER,
  }).callback();
  // Released in reverse: those who hold connections let go of them, then the http server waits for what is left.
  let http: HttpServer | undefined;
  releases.defer(() => http?.close());
  const sockets = openSockets({ ...config, ...people.cookies, handle, realtime }, releases);
  const ingest = openIngest({ ...shared, publishers, config, logger }, releases);
  const origin = openOrigin({ ...shared, people, logger, limits: places.originLimits }, releases);
  ingest.attachStudio(sockets.io);

  const onRequest = (req: IncomingMessage, res: ServerResponse) => {
    if (closing) res.shouldKeepAlive = false;
    if (origin.handle(req, res)) return;
    if (req.url?.startsWith(`${SOCKET_PATH}/`)) sockets.onRequest(req, res);
    else app(req, res).catch((error: unknown) => logger.error({ err: error }, 'a request failed'));
  };
  const upgrades = [
    { prefix: '/ingest', take: ingest.handleUpgrade },
    { prefix: SOCKET_PATH, take: sockets.onUpgrade },
  ];
  const onUpgrade = dispatchUpgrades(upgrades, onRequest);
  const { host, tls } = config;
  const keepAliveMs = KEEP_ALIVE_SECONDS * 1000;
  const fastLane = { prefix: LIVE_PREFIX, onRequest: (request: LaneRequest) => origin.handleLane(request) };
  const port = (await sharedPort?.turn()) ?? config.port;
  const listening = await listen({
    ...{ host, port, keepAliveMs, onRequest, onUpgrade, onSource: ingest.takeSource, fastLane, metrics, logger, tls },
  });
  http = listening;
  releases.defer(() => {
    closing = true;
    listening.stopListening();
  });
  return listening;
}

/** What all parts of the API stand on; released with the rest. */
function openShared({ redisUrl, ...config }: ApiConfig, logger: Logger, releases: ReleaseStack) {
  const of = (area: string) => logger.child({ area });
  const handle = releases.use(new RedisHandle(redisUrl));
  logOutages(handle, logger);
  const bus = releases.use(new ControlBus(handle));
  const registry = new BroadcastRegistry(handle);
  const stations = new StationStore({ handle, bus, registry });
  const programmes = new ProgrammeService({ titles: new TitleRequests(handle), registry });
  const metrics = createRegistry('api');
  const presence = releases.use(new Presence({ handle, metrics, logger: of('presence') }));
  const listeners = presence;
  const limits = config.admission;
  const admission = releases.use(new Admission({ limits, listeners, metrics, logger: of('admission') }));
  const likes = releases.use(new Likes({ handle, metrics, logger: of('likes') }));
  const listenTokens = new ListenTokens({ handle, bus });
  const stationPeople = new StationPeople({ handle, bus });
  const artworks = new ArtworkStore(handle);
  const recordings = new RecordingIndex(handle);
  const archive = new FolderArchive(join(config.dataDir, 'archive'));
  const qualities = releases.use(new StreamQualities({ handle, metrics, logger: of('quality') }));
  const allowPrivate = config.webhookAllowPrivate;
  const webhooks = releases.use(new WebhookService({ handle, bus, metrics, allowPrivate, logger: of('webhooks') }));
  const live = { programmes, presence, admission, likes, qualities, webhooks };
  const recorded = { recordings, archive };
  return { handle, bus, registry, stations, stationPeople, artworks, listenTokens, metrics, ...recorded, ...live };
}

type IngestParts = ReturnType<typeof openShared> & {
  publishers: AccountServices['publishers'];
  config: ApiConfig;
  logger: Logger;
};

/** The entrance for owners' audio, with who may publish and whether there is room. */
function openIngest({ publishers, logger, admission, ...shared }: IngestParts, releases: ReleaseStack): Ingest {
  const places = { auth: publishers, admission: admission.ofPublishers };
  return releases.use(createIngest({ ...shared, ...places, logger: logger.child({ area: 'ingest' }) }));
}

type OriginParts = ReturnType<typeof openShared> & {
  people: Pick<AccountServices, 'store' | 'tokens'>;
  logger: Logger;
  limits: OriginLimits | undefined;
};

/** The origin, with what it asks about stations and listeners. */
function openOrigin({ people, logger, limits, ...shared }: OriginParts, releases: ReleaseStack): Origin {
  const { stations, presence: audience } = shared;
  const who = { accounts: people.store, tokens: people.tokens };
  const access = releases.use(new ListenGuard({ ...shared, ...who, logger: logger.child({ area: 'listen' }) }));
  const stationTitle = async (slug: string) => (await stations.get(slug))?.title;
  const stationExists = async (slug: string) => (await stations.get(slug)) !== undefined;
  const known = { stationExists, stationTitle, audience, access, door: shared.admission.listeners };
  return releases.use(new Origin({ ...shared, ...known, logger: logger.child({ area: 'origin' }), limits }));
}

/** Socket.IO with the live events on it; these say goodbye before it goes. */
function openSockets(
  { handle, realtime, ...origins }: SocketOrigins & { handle: RedisHandle; realtime: Realtime },
  releases: ReleaseStack,
): SocketServer {
  const cluster = createClusterAdapter(handle);
  releases.defer(() => cluster.close());
  const sockets = releases.use(createSocketServer({ ...origins, adapter: cluster.adapter }));
  releases.defer(() => realtime.close());
  realtime.attach(sockets.io);
  return sockets;
}

/** Chats, with who somebody is looked up anew whenever it counts. */
function createChats(
  { audit, addressKeys, store }: AccountServices,
  { handle, stations }: { handle: RedisHandle; stations: StationStore },
): ChatServices {
  return createChatServices({
    ...{ handle, audit, addressKey: (station, address) => addressKeys.keyOf(station, address) },
    actorOf: async (slug, accountId) => {
      const [account, station] = await Promise.all([store.get(accountId), stations.standing(slug, accountId)]);
      return actorOf({ account, station });
    },
  });
}

/** Makes the administrator that the environment names, once Redis answers. The answer ends the attempts. */
function nameAdmin(people: AccountServices, { admin }: ApiConfig, logger: Logger): () => Promise<void> {
  const abort = new AbortController();
  const ensure = async () => (admin === undefined ? undefined : ensureAdmin(people, admin));
  const done = keepEnsuringAdmin(ensure, { logger, signal: abort.signal });
  return () => {
    abort.abort();
    return done;
  };
}
