import { type Logger, pino } from 'pino';

export type { Logger };

/**
 * The root logger of a program: JSON lines on standard output. Children carry `station`, `broadcastId` and the like;
 * secrets are cut out.
 */
export function createLogger(program: string, level: string): Logger {
  return pino({
    level,
    base: { program, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: ['key', 'streamKey', 'token', '*.key', '*.streamKey', '*.token', 'req.headers.authorization'] },
  });
}
