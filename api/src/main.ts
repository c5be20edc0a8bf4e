import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { configOrExit, createLogger, type Logger, runProgram } from '@awaz/infra/runtime';
import { type ApiConfig, readConfig } from './config.ts';
import type { ApiServer, ServerOptions } from './server.ts';
import { PrimaryLink, WorkerPool } from './workers/index.ts';

/** A program that started this one learns the port, also when it asked for any free one. */
function tellListening({ port }: Pick<ApiServer, 'port'>, config: ApiConfig, logger: Logger): void {
  logger.info({ port, host: config.host, workers: config.workers }, 'listening');
  process.send?.({ type: 'listening', port });
}

/** The server is not loaded where it does not run: a primary stays small. */
async function serve(options: ServerOptions): Promise<ApiServer> {
  const { startServer } = await import('./server.ts');
  return startServer(options);
}

async function runApi(): Promise<void> {
  const config = configOrExit(readConfig);
  const logger = createLogger('api', config.logLevel);
  const main = fileURLToPath(import.meta.url);
  await runProgram(logger, async (fail) => {
    const server =
      config.workers === 1 ? await serve({ config, logger }) : await WorkerPool.start({ config, main, logger, fail });
    tellListening(server, config, logger);
    return server;
  });
}

/** Started by a primary, which has read the configuration and learns when this process listens. */
async function runWorker(): Promise<void> {
  const sharedPort = new PrimaryLink();
  const { config, worker } = await sharedPort.assignment;
  const logger = createLogger('api', config.logLevel).child({ worker });
  await runProgram(logger, async () => {
    const server = await serve({ config, logger, sharedPort });
    tellListening(server, config, logger);
    return server;
  });
}

await (cluster.isWorker ? runWorker() : runApi());
