import type { Logger } from 'pino';
import type { Service } from './service.ts';

/** Longest time a program may take to stop before it is ended the hard way, in ms. */
const STOP_DEADLINE_MS = 10_000;

/** Two signals within this time are one Ctrl-C: npm passes on what the terminal has sent already. In ms. */
const SAME_REQUEST_MS = 250;

/** Tells that a program cannot go on, and why: it stops as if it were asked to, and ends with 1. */
export type FailProgram = (cause: Error) => void;

/**
 * Runs a program until SIGINT, SIGTERM, the end of the process that started it with an IPC channel, or until it fails by
 * itself. `start` returns what has to be closed then. Ends the process: 0 after a clean stop, 1 when it failed, or when
 * starting or stopping did. Who asks a second time does not wait for the stop.
 */
export async function runProgram(logger: Logger, start: (fail: FailProgram) => Promise<Service>): Promise<void> {
  let failure: Error | undefined;
  let stop: (reason: string) => void = () => undefined;
  const stopped = new Promise<string>((resolve) => {
    stop = resolve;
  });
  listenForStop(stop);
  const fail: FailProgram = (cause) => {
    failure ??= cause;
    stop(cause.message);
  };
  let service: Service;
  try {
    service = await start(fail);
  } catch (error) {
    logger.fatal({ err: error }, 'could not start');
    process.exit(1);
  }
  const reason = await stopped;
  if (failure === undefined) logger.info({ reason }, 'stopping');
  else logger.fatal({ err: failure }, 'cannot go on');
  await close(logger, service, reason);
  process.exit(failure === undefined ? 0 : 1);
}

async function close(logger: Logger, service: Service, reason: string): Promise<void> {
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
}

function listenForStop(stop: (reason: string) => void): void {
  let firstAt: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      firstAt ??= Date.now();
      if (Date.now() - firstAt > SAME_REQUEST_MS) process.exit(1);
      stop(signal);
    });
  }
  // A launcher that was killed cannot tell; its end closes the channel.
  if (process.channel !== undefined) process.once('disconnect', () => stop('the launcher is gone'));
}
