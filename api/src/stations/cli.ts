import { commonEnv, loadDotEnv, parseEnv } from '@awaz/infra/runtime';
import { z } from 'zod';
import { runStationCli } from './station-cli.ts';

function settings(): { redisUrl: string; publicUrl: string; namesAdmin: boolean } {
  loadDotEnv();
  const { REDIS_URL, PORT, PUBLIC_URL, TLS_CERT, ADMIN_EMAIL } = parseEnv({
    REDIS_URL: commonEnv.REDIS_URL,
    PORT: z.coerce.number().int().default(8080),
    PUBLIC_URL: z.string().optional(),
    TLS_CERT: z.string().optional(),
    ADMIN_EMAIL: z.string().optional(),
  });
  const scheme = TLS_CERT === undefined ? 'http' : 'https';
  return {
    redisUrl: REDIS_URL,
    publicUrl: PUBLIC_URL ?? `${scheme}://localhost:${PORT}`,
    namesAdmin: ADMIN_EMAIL !== undefined,
  };
}

// The program behind `npm run station`.
process.exitCode = await runStationCli(process.argv.slice(2), {
  settings,
  input: process.stdin,
  output: process.stdout,
  errors: process.stderr,
});
