/** What every program needs to run: configuration, logs, metrics, starting and stopping. */
export { ConfigError, childEnv, commonEnv, configOrExit, loadDotEnv, mediaEnv, parseEnv, pushEnv } from './env.ts';
export { KeptRunning, type KeptRunningOptions, type Running } from './kept-running.ts';
export { createLogger, type Logger } from './logger.ts';
export { IDLE_LOOP, type LoopFigures, LoopLoad, LoopWindow } from './loop-load.ts';
export { Counter, createRegistry, Gauge, Histogram, type MetricFigures, mergeFigures, Registry } from './metrics.ts';
export { type FailProgram, runProgram } from './program.ts';
export {
  parseRedisAddress,
  REDIS_ADDRESS_FORMS,
  type RedisAccess,
  type RedisAddress,
  type RedisNode,
} from './redis-address.ts';
export { ReleaseStack, type Service } from './service.ts';
export { pause } from './wait.ts';
