/** For tests, end-to-end tests and benchmarks only: real servers, programs and signals to test with. */
export { testFfmpeg } from './ffmpeg.ts';
export { startTestRedis, type TestRedis } from './redis.ts';
export { type TempDir, tempDir } from './temp-dir.ts';
export { type UntilOptions, until } from './until.ts';
