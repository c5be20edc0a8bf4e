import { ConfigError, createLogger, loadDotEnv, runProgram } from '@awaz/infra/runtime';
import { type ApiConfig, readConfig } from './config.ts';
import { startServer } from './server.ts';

function configOrExit(): ApiConfig {
  loadDotEnv();
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

const config = configOrExit();
const logger = createLogger('api', config.logLevel);

await runProgram(logger, async () => {
  const server = await startServer({ config, logger });
  logger.info({ port: server.port, host: config.host }, 'listening');
  // A program that started this one learns the port, also when it asked for any free one.
  process.send?.({ type: 'listening', port: server.port });
  return server;
});
