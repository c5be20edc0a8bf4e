import { configOrExit, createLogger, runProgram } from '@awaz/infra/runtime';
import { readConfig } from './config.ts';
import { startServer } from './server.ts';

const config = configOrExit(readConfig);
const logger = createLogger('api', config.logLevel);

await runProgram(logger, async () => {
  const server = await startServer({ config, logger });
  logger.info({ port: server.port, host: config.host }, 'listening');
  // A program that started this one learns the port, also when it asked for any free one.
  process.send?.({ type: 'listening', port: server.port });
  return server;
});
