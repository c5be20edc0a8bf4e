import { resolve } from 'node:path';
import { z } from 'zod';
import { commonEnv, loadDotEnv, mediaEnv, parseEnv } from '../runtime/index.ts';

const flag = z.stringbool().default(false);

/** Environment of the launcher; what concerns the programs alone is checked by them. */
const launchEnv = {
  ...commonEnv,
  ...mediaEnv,
  /** Unset: an embedded Redis is started. */
  REDIS_URL: commonEnv.REDIS_URL.optional(),
  /** Where the API listens; 0 takes a free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Address the API listens on. */
  HOST: z.string().default('0.0.0.0'),
  /** How listeners reach this server, when it is not by this machine's name and port. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** ffmpeg to use; otherwise it is looked for. */
  FFMPEG_PATH: z.string().optional(),
  /** Files of a certificate and its key: the port speaks TLS then. */
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  /** A station that is on air at once with a generated programme. */
  DEMO: flag,
};

/** What the environment and `.env` ask of the launcher. */
export type LaunchSettings = {
  dataDir: string;
  /** Undefined: an embedded Redis. */
  redisUrl: string | undefined;
  port: number;
  host: string;
  publicUrl: string | undefined;
  ffmpegPath: string | undefined;
  tls: boolean;
  demo: boolean;
  /** Whether somebody asked for more than warnings. */
  verbose: boolean;
};

/** Reads `.env` and the environment. Throws a `ConfigError` with every fault at once. */
export function readLaunchSettings(): LaunchSettings {
  loadDotEnv();
  const env = parseEnv(launchEnv);
  return {
    dataDir: resolve(env.DATA_DIR),
    redisUrl: env.REDIS_URL,
    port: env.PORT,
    host: env.HOST,
    publicUrl: env.PUBLIC_URL?.replace(/\/+$/, ''),
    ffmpegPath: env.FFMPEG_PATH,
    tls: env.TLS_CERT !== undefined && env.TLS_KEY !== undefined,
    demo: env.DEMO,
    verbose: ['trace', 'debug'].includes(env.LOG_LEVEL),
  };
}
