import { join } from 'node:path';
import { findFfmpeg } from '@awaz/infra/binaries';
import { BroadcastRegistry } from '@awaz/infra/broadcasts';
import { FolderArchive } from '@awaz/infra/recordings';
import { ControlBus, logOutages, RedisHandle } from '@awaz/infra/redis';
import {
  configOrExit,
  createLogger,
  createRegistry,
  type Logger,
  LoopLoad,
  parseEnv,
  ReleaseStack,
  runProgram,
  type Service,
} from '@awaz/infra/runtime';
import { Archiver } from './archive/archiver.ts';
import { RecordingKeeper } from './archive/recording-keeper.ts';
import { transcoderEnv } from './config.ts';
import { startMetricsServer } from './metrics-server.ts';
import { createSessionMetrics } from './session/session-metrics.ts';
import { TranscodeWorker } from './worker/transcode-worker.ts';

/** Milliseconds of a day. */
const DAY_MS = 86_400_000;

type Config = ReturnType<typeof readConfig>;

const readConfig = () => parseEnv(transcoderEnv);

async function start(config: Config, logger: Logger): Promise<Service> {
  const stack = new ReleaseStack();
  const ffmpeg = await findFfmpeg({
    explicitPath: config.FFMPEG_PATH,
    onWarning: (line) => logger.warn(line),
  });
  logger.info({ path: ffmpeg.path, version: ffmpeg.version, source: ffmpeg.source }, 'ffmpeg passed its self-test');
  const handle = stack.use(new RedisHandle(config.REDIS_URL));
  logOutages(handle, logger);
  const bus = stack.use(new ControlBus(handle));
  const registry = createRegistry('transcoder');
  stack.use(new LoopLoad(registry));
  const session = {
    handle,
    bus,
    registry: new BroadcastRegistry(handle),
    logger,
    metrics: createSessionMetrics(registry),
    ffmpegPath: ffmpeg.path,
    fillerFrame: ffmpeg.silentFrame,
    fillerGraceMs: config.FILLER_GRACE_MS,
  };
  const worker = stack.use(new TranscodeWorker({ session, slots: config.TRANSCODER_SLOTS }));
  const days = config.ARCHIVE_RETENTION_DAYS;
  const archived = { handle, archive: new FolderArchive(join(config.DATA_DIR, 'archive')), logger, registry };
  stack.use(new Archiver({ ...archived, fillerFrame: ffmpeg.silentFrame }));
  const limits = {
    maxAgeMs: days === 0 ? undefined : days * DAY_MS,
    maxBytes: (config.ARCHIVE_MAX_GB ?? Number.POSITIVE_INFINITY) * 1e9,
  };
  stack.use(new RecordingKeeper({ ...archived, ...limits }));
  await worker.ready();
  if (config.TRANSCODER_METRICS_PORT > 0) {
    stack.use(await startMetricsServer(config.TRANSCODER_METRICS_PORT, registry));
  }
  logger.info({ slots: config.TRANSCODER_SLOTS }, 'transcoder takes broadcasts');
  process.send?.({ type: 'ready' });
  return stack;
}

const config = configOrExit(readConfig);
const logger = createLogger('transcoder', config.LOG_LEVEL);
await runProgram(logger, () => start(config, logger));
