import type { Logger } from '../runtime/index.ts';
import type { RedisHandle } from './connection.ts';

/** Logs once when Redis is away and once when it is there again, for as long as the handle lives. */
export function logOutages({ commands }: RedisHandle, logger: Logger): void {
  let isAway = false;
  const away = (detail: string) => {
    if (isAway) return;
    isAway = true;
    logger.warn({ detail }, 'Redis does not answer; it is tried again and again');
  };
  commands.on('error', (error) => away(error.message));
  commands.on('reconnecting', () => away('the connection was closed'));
  commands.on('ready', () => {
    if (isAway) logger.info('Redis answers again');
    isAway = false;
  });
}
