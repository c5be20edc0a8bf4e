import { availableParallelism } from 'node:os';
import { cutForPartTarget } from '@awaz/infra/contract';
import { emailSchema, newPasswordSchema } from '@awaz/infra/contract/schemas';
import { commonEnv, mediaEnv, parseEnv } from '@awaz/infra/runtime';
import { z } from 'zod';
import type { AdmissionLimits } from './admission/index.ts';
import { readTlsIdentity } from './http/tls-identity.ts';

/** Most processes on one port. */
const MAX_WORKERS = 128;

/** Listeners at which a process has its core full at the latest; see `infra/docs/speed.md`. */
const LISTENERS_PER_WORKER = 5000;

/** Publishers that a process takes unless told otherwise: more than any ladder of one machine encodes. */
const PUBLISHERS_PER_WORKER = 250;

/** One core is left to Redis, transcoder and the primary. */
function usualWorkers(): number {
  return Math.min(Math.max(1, availableParallelism() - 1), MAX_WORKERS);
}

/** Variables of the API, beside those that every program knows. */
const apiEnv = {
  ...commonEnv,
  ...mediaEnv,
  /** TCP port; 0 takes any free one. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(8080),
  /** Processes that share the port; one is the program itself, without a primary. */
  ORIGIN_WORKERS: z.coerce
    .number()
    .int()
    .min(1)
    .max(MAX_WORKERS)
    .default(() => usualWorkers()),
  /** Most listeners of this node, over all its processes; further ones are told `server_full`. */
  MAX_LISTENERS: z.coerce.number().int().min(1).max(10_000_000).optional(),
  /** Most publishers of this node, over all its processes. */
  MAX_PUBLISHERS: z.coerce.number().int().min(1).max(100_000).optional(),
  /** Part of a process's time that it may be busy before newcomers are refused, in percent; 100 turns this off. */
  MAX_CPU_PERCENT: z.coerce.number().int().min(10).max(100).default(90),
  /** Address to listen on. */
  HOST: z.string().min(1).default('0.0.0.0'),
  /** Files of a certificate (with its chain) and its key in PEM: the port speaks TLS only, HTTP/2 and HTTP/1.1. */
  TLS_CERT: z.string().optional(),
  TLS_KEY: z.string().optional(),
  /** Signs tokens; the same for all API processes. Unset: made once, kept in DATA_DIR. */
  JWT_SECRET: z.string().min(32, 'needs 32 characters or more; `openssl rand -hex 32` makes one').optional(),
  /** The first administrator; both or none. */
  ADMIN_EMAIL: emailSchema.optional(),
  ADMIN_PASSWORD: newPasswordSchema.optional(),
  /** Whether broadcasts are recorded. */
  ARCHIVE: z.stringbool().default(true),
  /** Bitrate of recordings in kbit/s at most; the best rendition when unset. */
  ARCHIVE_KBPS: z.coerce.number().int().min(8).max(512).optional(),
  /** How the world reaches this server, for links. */
  PUBLIC_URL: z.url({ protocol: /^https?$/ }).optional(),
  /** Whether a proxy in front tells the client's address in `X-Forwarded-For`. */
  TRUST_PROXY: z.stringbool().default(false),
  /** Whether webhooks may lead to addresses that are not of the public internet. */
  WEBHOOK_ALLOW_PRIVATE: z.stringbool().default(false),
  /** Origins whose pages may use the API, separated by commas, or `*`. `/live` is open to all. */
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    ),
};

/** How the API is to run. */
export type ApiConfig = ReturnType<typeof readConfig>;

/** Reads the environment. Throws a `ConfigError` that names every fault. */
export function readConfig(env?: Record<string, string | undefined>) {
  const values = parseEnv(apiEnv, env, (set) => [...tlsFaults(set), ...adminFaults(set)]);
  const { TLS_CERT: certFile, TLS_KEY: keyFile, ADMIN_EMAIL: email, ADMIN_PASSWORD: password } = values;
  return {
    redisUrl: values.REDIS_URL,
    dataDir: values.DATA_DIR,
    logLevel: values.LOG_LEVEL,
    port: values.PORT,
    host: values.HOST,
    workers: values.ORIGIN_WORKERS,
    admission: admissionLimits(values),
    publicUrl: values.PUBLIC_URL,
    jwtSecret: values.JWT_SECRET,
    admin: email === undefined || password === undefined ? undefined : { email, password },
    trustProxy: values.TRUST_PROXY,
    webhookAllowPrivate: values.WEBHOOK_ALLOW_PRIVATE,
    corsOrigins: values.CORS_ORIGINS,
    tls: certFile === undefined || keyFile === undefined ? undefined : { certFile, keyFile },
    archive: { on: values.ARCHIVE, maxKbps: values.ARCHIVE_KBPS },
    ladder: values.LADDER,
    cut: cutForPartTarget(values.PART_TARGET_MS),
  };
}

/** What each process may carry: connections are handed out evenly, so each has its share of the node's limits. */
function admissionLimits(values: {
  ORIGIN_WORKERS: number;
  MAX_LISTENERS?: number | undefined;
  MAX_PUBLISHERS?: number | undefined;
  MAX_CPU_PERCENT: number;
}): AdmissionLimits {
  const shareOf = (most: number | undefined, usual: number) =>
    most === undefined ? usual : Math.ceil(most / values.ORIGIN_WORKERS);
  return {
    maxListeners: shareOf(values.MAX_LISTENERS, LISTENERS_PER_WORKER),
    maxPublishers: shareOf(values.MAX_PUBLISHERS, PUBLISHERS_PER_WORKER),
    maxUtilization: values.MAX_CPU_PERCENT / 100,
  };
}

function adminFaults(set: Readonly<Record<string, string | undefined>>): string[] {
  const [email, password] = [set.ADMIN_EMAIL, set.ADMIN_PASSWORD];
  if ((email === undefined) === (password === undefined)) return [];
  return [
    email === undefined
      ? 'ADMIN_EMAIL: is missing beside ADMIN_PASSWORD'
      : 'ADMIN_PASSWORD: is missing beside ADMIN_EMAIL',
  ];
}

function tlsFaults({ TLS_CERT: certFile, TLS_KEY: keyFile }: Readonly<Record<string, string | undefined>>): string[] {
  if (certFile === undefined && keyFile === undefined) return [];
  if (certFile === undefined) return ['TLS_CERT: is missing; TLS_KEY needs the file of its certificate beside it'];
  if (keyFile === undefined) return ['TLS_KEY: is missing; TLS_CERT needs the file of its key beside it'];
  try {
    readTlsIdentity({ certFile, keyFile });
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}
