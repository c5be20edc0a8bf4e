/** Other people's programs that this project runs: where they are found, tried out and started. */
export { type Captured, type CaptureOptions, capture, complaint } from './capture.ts';
export { type ChromiumProgram, type ChromiumSearch, findChromium } from './chromium-finder.ts';
export { type FfmpegProgram, type FfmpegSearch, type FfmpegSource, findFfmpeg } from './ffmpeg-finder.ts';
export type { FfmpegTrial } from './ffmpeg-self-test.ts';
export { endProcess, type GuardedOptions, spawnGuarded } from './guarded-process.ts';
export { findOnPath, isExecutableFile, projectCacheDirectory, projectRoot } from './places.ts';
export { endStranger, identify, isAlive, type ProcessIdentity } from './process-identity.ts';
export { type RedisServer, type RedisServerOptions, startRedisServer } from './redis-server.ts';
export { findRedisServer, type RedisProgram, type RedisSearch } from './redis-server-finder.ts';
