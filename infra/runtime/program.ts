import type { Logger } from 'pino';
import type { Service } from './service.ts';

/** Longest time a program may take to stop before it is ended the hard way, in ms. */
const STOP_DEADLINE_MS = 10_000;

/**
 * Runs a program until SIGINT, SIGTERM or the end of the process that started it with an IPC channel. `start` returns
 * what has to be closed then. Ends the process: 0 after a clean stop, 1 when starting or stopping failed.
 */
export async function runProgram(logger: Logger, start: () => Promise<Service>): Promise<void> {
  const stopAsked = stopRequest();
  let service: Service;
  try {
    service = await start();
  } catch (error) {
    logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
  const reason = await stopAsked;
  logger.info({ reason }, 'stopping');
  setTimeout(() => {
    logger.error({ deadlineMs: STOP_DEADLINE_MS }, 'did not stop in time; ended the hard way');
    process.exit(1);
  }, STOP_DEADLINE_MS).unref();
  try {
    await service.close(reason);
  } catch (error) {
    logger.error({ err: error }, 'stopping failed');
    process.exit(1);
  }
  process.exit(0);
}

function stopRequest(): Promise<string> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve('SIGINT'));
    process.once('SIGTERM', () => resolve('SIGTERM'));
    // A launcher that was killed cannot tell; its end closes the channel.
    if (process.channel !== undefined) process.once('disconnect', () => resolve('the launcher is gone'));
  });
}
