import { ConfigError, commonEnv, loadDotEnv, parseEnv } from '@awaz/infra/runtime';
import { z } from 'zod';
import { runStationCli } from './station-cli.ts';

const env = {
  REDIS_URL: commonEnv.REDIS_URL,
  PORT: z.coerce.number().int().default(8080),
  PUBLIC_URL: z.string().optional(),
};

/** The program behind `npm run station`. */
async function main(): Promise<void> {
  loadDotEnv();
  const { REDIS_URL, PORT, PUBLIC_URL } = parseEnv(env);
  process.exitCode = await runStationCli(process.argv.slice(2), {
    redisUrl: REDIS_URL,
    publicUrl: PUBLIC_URL ?? `http://localhost:${PORT}`,
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
